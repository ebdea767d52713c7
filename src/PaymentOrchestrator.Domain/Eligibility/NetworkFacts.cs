namespace PaymentOrchestrator.Domain;

/// <summary>What is known of the network the buyer comes from. Only an address known to be outside mainland China opens the network-bound methods.</summary>
/// <param name="Given">Whether an address was given at all.</param>
/// <param name="KnownOutside">The address is known not to be in mainland China. Hong Kong, Macau and Taiwan are outside.</param>
/// <param name="Observed">For people: <c>CN</c>, <c>outside_mainland_china</c>, <c>not_a_public_address</c>, <c>country_unknown</c> or a country code.</param>
public sealed record NetworkFacts(bool Given, bool KnownOutside, string? Observed)
{
    public static NetworkFacts NotGiven { get; } = new(false, false, null);
}
