using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>Keeps what the product logs as an error, and drops the rest: background work that meets a bug tells nobody else.</summary>
internal sealed class ErrorKeeper : ILoggerProvider
{
    private readonly ConcurrentQueue<string> errors = [];

    /// <summary>The errors since the last time.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = new List<string>();
        while (errors.TryDequeue(out var error)) taken.Add(error);
        return taken;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Logger(ErrorKeeper keeper, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // Polly calls every failed try of a provider an error, and the framework a client that went away.
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error && category.StartsWith("PaymentOrchestrator", StringComparison.Ordinal);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) keeper.errors.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }
}
