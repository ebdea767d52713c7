using PaymentOrchestrator.Api;
using PaymentOrchestrator.Api.Http;

// "openapi" writes the contract and stops; it needs neither database nor providers.
if (args is ["openapi"])
{
    await using var app = ApiApp.BuildForDocument();
    Console.Write(await Documentation.WriteAsync(app.Services));
    return;
}

await ApiApp.Build(args).RunAsync();
