using PaymentOrchestrator.Api;
using PaymentOrchestrator.Api.Access;
using PaymentOrchestrator.AppHost;
using PaymentOrchestrator.Sandbox;

if (args is ["container-demo", .. var rest])
    return await ContainerDemo.RunAsync(rest, new(SandboxApp.Build, ApiApp.Build, DemoMarketplace.NewKey, DemoMarketplace.EnsureAsync));

return await HostProgram.RunAsync(args, new(SandboxApp.Build, ApiApp.Build, DemoMarketplace.NewKey, DemoMarketplace.EnsureAsync));
