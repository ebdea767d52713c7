using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Rates;

/// <summary>The ECB's daily file as rates against CNY.</summary>
internal static class EcbRates
{
    public const string Source = "ecb";

    // The ECB publishes at about 16:00 Central European Time.
    private static readonly TimeOnly PublishedAt = new(15, 0);

    private const int MaxReason = 200;

    /// <param name="now">A file of a day to come would never be stale; it is refused.</param>
    public static FeedAnswer Read(Stream stream, FeedMark mark, DateTimeOffset now)
    {
        EcbDailyFile file;
        try
        {
            file = EcbDailyFile.Read(stream);
        }
        catch (FormatException e)
        {
            // The message can quote the file, and whatever wrote that.
            var text = new string([.. e.Message.Select(character => char.IsControl(character) ? ' ' : character)]);
            return new FeedAnswer.Failed(text.Length <= MaxReason ? text : text[..MaxReason] + "…");
        }

        var asOf = new DateTimeOffset(file.Date.ToDateTime(PublishedAt), TimeSpan.Zero);
        if (asOf > now.AddDays(1)) return new FeedAnswer.Failed($"The rate file is of {file.Date:yyyy-MM-dd}, a day to come.");
        return new FeedAnswer.Rates(
            [.. file.UnitsPerEuro.Keys.Where(currency => currency != Currency.Cny).Select(currency => new FeedRate(Source, currency, file.MidAgainstCny(currency)!.Value, asOf))],
            mark);
    }
}

/// <summary>The file that <c>Rates:Ecb:File</c> names or, by default, the embedded one of 2026-04-13. Read once at each start; calls no network.</summary>
internal sealed class EcbFileFeed(IConfiguration configuration) : IRateFeed
{
    private const string Embedded = "eurofxref-daily-2026-04-13.xml";

    public string Source => EcbRates.Source;

    public TimeSpan? Interval => null;

    public Task<FeedAnswer> ReadAsync(FeedMark known, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = configuration["Rates:Ecb:File"] is { } path ? File.OpenRead(path) : typeof(EcbFileFeed).Assembly.GetManifestResourceStream(Embedded)!;
            // An old clock is no fault of a file that somebody chose.
            return Task.FromResult(EcbRates.Read(stream, FeedMark.None, DateTimeOffset.MaxValue.AddDays(-2)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult<FeedAnswer>(new FeedAnswer.Failed("The file of Rates:Ecb:File cannot be read."));
        }
    }
}
