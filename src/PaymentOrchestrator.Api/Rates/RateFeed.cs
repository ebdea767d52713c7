using System.Security.Cryptography;
using System.Text;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>Where reference rates are from: the ECB's file over HTTP, a file on disk or in the program, or a configured table.</summary>
internal interface IRateFeed
{
    /// <summary>As rates name it: <c>ecb</c> or <c>table</c>.</summary>
    string Source { get; }

    /// <summary>How often to ask; null where one reading per start is enough.</summary>
    TimeSpan? Interval { get; }

    /// <summary>Never throws for what the source does: that is an answer too.</summary>
    Task<FeedAnswer> ReadAsync(FeedMark known, CancellationToken cancellationToken);
}

/// <summary>What the source said of its last answer, for a conditional request.</summary>
internal sealed record FeedMark(string? ETag, string? LastModified)
{
    public static readonly FeedMark None = new(null, null);
}

internal abstract record FeedAnswer
{
    private FeedAnswer() { }

    public sealed record Rates(IReadOnlyList<FeedRate> All, FeedMark Mark) : FeedAnswer;

    public sealed record Unchanged : FeedAnswer;

    /// <param name="Reason">In our words, at most a sentence.</param>
    public sealed record Failed(string Reason) : FeedAnswer;
}

/// <summary>One rate as a source gave it.</summary>
/// <param name="Base">CNY per one unit of this.</param>
/// <param name="Mid">Ten significant digits.</param>
/// <param name="AsOf">When the source fixed it.</param>
internal sealed record FeedRate(string Source, Currency Base, decimal Mid, DateTimeOffset AsOf)
{
    /// <summary>From what it says: whoever reads the same rate gives it the same id, on whatever instance.</summary>
    public Guid Id
    {
        get
        {
            var text = $"{Source}\n{Base.Code}\n{AsOf.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff}\n{ExchangeRate.Format(Mid)}";
            return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16), bigEndian: true);
        }
    }
}
