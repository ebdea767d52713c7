using PaymentOrchestrator.Api;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;

// "openapi" writes the contract and stops; it needs neither database nor providers.
if (args is ["openapi"])
{
    await using var app = ApiApp.BuildForDocument();
    Console.Write(await Documentation.WriteAsync(app.Services));
    return;
}

if (args is ["health", .. var address])
{
    Environment.ExitCode = await HealthCommand.RunAsync(address);
    return;
}

if (args is ["migrate", .. var settings])
{
    Environment.ExitCode = await MigrateCommand.RunAsync(settings);
    return;
}

await ApiApp.Build(args).RunAsync();
