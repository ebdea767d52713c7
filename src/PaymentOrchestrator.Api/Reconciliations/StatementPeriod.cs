using System.Globalization;
using PaymentOrchestrator.Api.Http;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>Whose statement, and of which time.</summary>
/// <param name="Provider">The provider's code.</param>
/// <param name="From">The first moment.</param>
/// <param name="To">The first moment after it.</param>
internal sealed record StatementPeriod(string Provider, DateTimeOffset From, DateTimeOffset To)
{
    public static readonly string[] Providers = ["worldfirst", "alipay", "card"];

    private static readonly TimeSpan Longest = TimeSpan.FromDays(92);

    /// <summary>Clocks differ a little; what is further ahead has not happened yet.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'"];

    public static Result<StatementPeriod> Parse(string? provider, string? from, string? to, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        if (!Providers.Contains(provider)) errors.Add("provider", provider is null ? "required" : "invalid", $"provider must be one of {string.Join(", ", Providers)}.");
        var start = Time(errors, "from", from);
        var end = Time(errors, "to", to);
        if (start is { } first && end is { } last)
        {
            if (last <= first) errors.Add("to", "invalid", "to must be later than from.");
            else if (last - first > Longest) errors.Add("to", "too_long", $"to must be at most {Longest.Days} days later than from.");
            if (last > now + ClockSkew) errors.Add("to", "invalid", "to must not be in the future: the statement is not finished yet.");
        }

        return errors.All.Count > 0 ? Problem.Invalid([.. errors.All]) : new StatementPeriod(provider!, start!.Value, end!.Value);
    }

    private static DateTimeOffset? Time(FieldErrors errors, string field, string? text)
    {
        // Milliseconds are what ids are ordered by.
        if (DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        errors.Add(field, text is null ? "required" : "invalid", $"{field} must be a time in UTC such as 2026-11-22T00:00:00Z.");
        return null;
    }
}
