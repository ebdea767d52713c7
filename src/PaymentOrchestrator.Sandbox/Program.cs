namespace PaymentOrchestrator.Sandbox;

/// <summary>The entry point, named apart from <c>Program</c> so that another web application can stand in the same process.</summary>
internal static class SandboxProgram
{
    private static void Main(string[] args) => SandboxApp.Build(args).Run();
}
