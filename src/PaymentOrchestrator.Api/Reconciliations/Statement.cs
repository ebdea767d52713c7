using System.Security.Cryptography;
using System.Text;
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
}
