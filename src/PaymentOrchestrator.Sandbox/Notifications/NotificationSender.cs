using System.Net.Sockets;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Notifications;

/// <summary>Empties the outbox, in the background and again after a restart. Any number of instances may run.</summary>
internal sealed partial class NotificationSender(SandboxDb db, NotificationSigner signer, SandboxOptions options, ILogger<NotificationSender> log)
    : BackgroundService
{
    private const int Batch = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Antom's pauses are minutes and hours; nobody waits for those on one machine.</summary>
    private static readonly TimeSpan[] Again = [.. new[] { 1, 2, 5, 10, 30, 60, 120, 300, 300, 300 }.Select(seconds => TimeSpan.FromSeconds(seconds))];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Notifications)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var due = await db.InTransaction(tx => Outbox.Claim(tx, Batch));
                await Task.WhenAll(due.Select(row => Send(row, stoppingToken)));
                if (due.Count < Batch)
                    await Task.Delay(Pause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The database may be away for a moment; what is due stays due.
                LogTrouble(log, e);
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }
    }

    private async Task Send(OutboxRow row, CancellationToken stoppingToken)
    {
        string? objection;
        using var request = signer.Sign(row.Provider, row.Body);
        try
        {
            using var response = await _http.SendAsync(request, stoppingToken);
            objection = signer.Objection(row.Provider, request, response, await response.Content.ReadAsByteArrayAsync(stoppingToken));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            objection = "no connection.";
        }
        catch (TaskCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            objection = "no answer within 10 s.";
        }

        await db.InTransaction(tx => objection is null
            ? Outbox.MarkDelivered(tx, row.NotificationId)
            : Outbox.MarkFailed(tx, row.NotificationId, objection, row.Attempts <= Again.Length ? Again[row.Attempts - 1] : null));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notifications could not be sent just now.")]
    private static partial void LogTrouble(ILogger log, Exception exception);
}
