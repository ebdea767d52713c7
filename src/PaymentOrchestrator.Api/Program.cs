using PaymentOrchestrator.Api;
using PaymentOrchestrator.Api.Commands;

if (await Command.TryRunAsync(args, CancellationToken.None) is { } exitCode) return exitCode;

await ApiApp.Build(args).RunAsync();
return 0;
