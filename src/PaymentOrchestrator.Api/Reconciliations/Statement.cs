using System.Security.Cryptography;
using System.Text;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>A provider's statement, wherever it came from.</summary>
/// <param name="Provider">The provider's code.</param>
/// <param name="Source"><c>upload</c> or <c>provider</c>.</param>
/// <param name="From">The first moment.</param>
/// <param name="To">The first moment after it.</param>
/// <param name="Lines">In their order.</param>
internal sealed record Statement(string Provider, string Source, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<StatementLine> Lines)
{
    public const string Upload = "upload";
    public const string OfProvider = "provider";

    /// <summary>Our CSV of a statement; refused with the numbers of the lines that have a fault or lie outside of its time.</summary>
    /// <exception cref="IOException">The stream breaks off.</exception>
    public static async Task<Result<Statement>> ReadCsvAsync(Stream csv, StatementPeriod period, CancellationToken cancellationToken)
    {
        var reading = await StatementCsv.ReadAsync(csv, StatementCsv.MaxLines, cancellationToken);
        if (reading is not StatementCsv.Reading.Lines { Data: var lines }) return Faulty(((StatementCsv.Reading.Faulty)reading).Faults);
        var strangers = lines.Where(line => line.OccurredAt < period.From || line.OccurredAt >= period.To).Take(StatementCsv.MaxFaults)
            .Select(line => new FieldError($"lines.{line.Number}.occurred_at", "invalid", $"Line {line.Number}: occurred_at is not from from up to to.")).ToList();
        if (strangers.Count > 0) return Faulty(strangers);
        return new Statement(period.Provider, Upload, period.From, period.To, lines);
    }

    /// <summary>What makes two statements the same: provider, time and lines, in any order. Where it came from does not count.</summary>
    public byte[] ContentHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        Add($"{Provider} {From.UtcTicks} {To.UtcTicks}");
        foreach (var line in Lines.OrderBy(one => one.Type).ThenBy(one => one.ProviderReference, StringComparer.Ordinal).ThenBy(one => one.OccurredAt).ThenBy(one => one.Amount.Value))
            Add($"{line.Type.Code()},{line.ProviderReference},{line.RequestId},{line.PaymentId},{line.Amount.Currency.Code},{line.Amount.Value},{line.OccurredAt.UtcTicks}");
        return hash.GetHashAndReset();
    }

    private static Problem Faulty(IReadOnlyList<FieldError> faults) => Problem.Invalid([.. faults]) with
    {
        Detail = faults.Count == 1 ? $"{faults[0].Message} Nothing of the statement was imported." : "Several lines of the statement are not acceptable; see errors. Nothing of it was imported.",
    };
}
