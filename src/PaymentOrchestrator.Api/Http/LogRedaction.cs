using System.Collections;
using System.Text.RegularExpressions;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// The last wall before the logs. Nothing here is meant to log keys, tokens, card numbers or names of people; what does so all the same, a library's exception say, is
/// hidden before any log provider sees it.
/// </summary>
internal static partial class LogRedaction
{
    public static void RedactLogs(this IServiceCollection services)
    {
        services.AddSingleton<LoggerFactory>();
        services.AddSingleton<ILoggerFactory>(provider => new Factory(provider.GetRequiredService<LoggerFactory>()));
    }

    public static string Redact(string text)
    {
        // An address is logged as it came, with blanks as %20.
        if (text.Contains('%', StringComparison.Ordinal) && Uri.UnescapeDataString(text) is var plain && CardNumbers.Contains(plain)) text = plain;
        return CardNumbers.Hide(EMail().Replace(Named().Replace(Keys().Replace(text, "$1[hidden]"), "$1[hidden]"), "[e-mail]"));
    }

    /// <summary>Our keys and secrets, acquirers' keys, and whatever follows "Bearer".</summary>
    [GeneratedRegex(@"\b(po_(?:pk_)?(?:test|live)_|bse_[0-9a-z]{26}_|whsec_|(?:sk|rk)_(?:test|live)_|Bearer\s+)[0-9A-Za-z+/=_\-.]{8,}")]
    private static partial Regex Keys();

    /// <summary>Values named as secrets, in JSON, query strings and connection strings.</summary>
    [GeneratedRegex("""((?:password|pwd|access_?token|refresh_?token|auth_?code|client_?secret|api_?key)["']?\s*[:=]\s*["']?)[^"',;&\s}]+""", RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    [GeneratedRegex(@"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")]
    private static partial Regex EMail();

    private sealed class Factory(LoggerFactory inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new Logger(inner.CreateLogger(categoryName));

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Logger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(new Entry(() => Redact(state.ToString() ?? ""), state as IReadOnlyList<KeyValuePair<string, object?>> ?? []));

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel)) return;
            var message = Redact(formatter(state, exception));
            var entry = new Entry(() => message, state as IReadOnlyList<KeyValuePair<string, object?>> ?? []);
            inner.Log(logLevel, eventId, entry, exception is null ? null : Safe(exception), static (written, _) => written.ToString());
        }

        private static Exception Safe(Exception exception)
        {
            var text = exception.ToString();
            var redacted = Redact(text);
            return redacted == text ? exception : new RedactedException(redacted);
        }
    }

    /// <summary>The message, or a scope, and its parts, as structured logs read them.</summary>
    private sealed class Entry(Func<string> message, IReadOnlyList<KeyValuePair<string, object?>> parts) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => parts.Count;

        public KeyValuePair<string, object?> this[int index] =>
            parts[index].Value is null or (IConvertible and not string) ? parts[index] : KeyValuePair.Create(parts[index].Key, (object?)Redact(parts[index].Value!.ToString() ?? ""));

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

        public override string ToString() => message();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>In place of an exception whose own text held a secret.</summary>
    private sealed class RedactedException(string text) : Exception("See the text.")
    {
        public override string ToString() => text;
    }
}
