namespace PaymentOrchestrator.Api.Postgres;

/// <summary>
/// Migrates before anything else starts, where <c>Postgres:MigrateAtStart</c> says so: right for one machine. A fleet migrates as a step of its
/// deployment, with the owner's login, which its instances then need not know.
/// </summary>
internal sealed class MigrateAtStart(IConfiguration configuration) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!configuration.GetValue<bool>("Postgres:MigrateAtStart")) return;
        await Migrator.RunAsync(
            configuration.GetConnectionString("Postgres") ?? throw new InvalidOperationException("Postgres:MigrateAtStart needs ConnectionStrings:Postgres, the owner's login."),
            cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
