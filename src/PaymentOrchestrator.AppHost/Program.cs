using PaymentOrchestrator.Api;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.AppHost;
using PaymentOrchestrator.Sandbox;

return await HostProgram.RunAsync(args, new(SandboxApp.Build, ApiApp.Build, DemoMarketplace.NewKey, DemoMarketplace.EnsureAsync));
