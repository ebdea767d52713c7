using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// An answer in the very bytes that it was first given in. It is stored as text and shown as text, never read into today's types and written again: so it
/// stays the same for ever, whatever becomes of facts, prices, rules and of this code.
/// </summary>
/// <param name="Id">Where it can be read again.</param>
/// <param name="Json">The whole answer.</param>
internal sealed record StoredAnswer<T>(Id<T> Id, string Json) : IStoredAnswer
    where T : IResource;

/// <summary>What is written to the client as it is.</summary>
internal interface IStoredAnswer
{
    string Json { get; }
}
