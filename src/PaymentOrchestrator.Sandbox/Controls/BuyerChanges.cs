using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.Card;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Controls;

/// <summary>Makes a patch true, everything in the caller's transaction.</summary>
internal static class BuyerChanges
{
    private const long TopUp = 100_000_000;

    public static async Task Apply(Tx tx, string buyerId, BuyerPatch patch)
    {
        await BuyerStore.Lock(tx, buyerId);
        foreach (var (currency, value) in patch.Balances)
            await BuyerStore.SetBalance(tx, buyerId, currency, value);
        if (patch.AlipayBalance is { } fen)
            await BuyerStore.SetAlipayBalance(tx, buyerId, fen);

        var facts = patch.Facts.ToDictionary();
        // Balances are given as what is available: money that is put in is not frozen, unless the same patch says so.
        if (patch.Balances.Values.Any(value => value > 0))
            facts.TryAdd(Facts.WorldFirstBalance, true);
        await BuyerStore.SetFacts(tx, buyerId, facts);

        if (patch.Facts.GetValueOrDefault(Facts.WorldFirstBalance)
            && (await BuyerStore.Balances(tx, buyerId)).All(balance => balance.Value == 0))
            await BuyerStore.SetBalance(tx, buyerId, "USD", TopUp);
        await ChangeCards(tx, buyerId, patch.Facts);
    }

    /// <summary>The cards on file say what the facts say, each card by itself; one that is linked later brings its own brand.</summary>
    private static async Task ChangeCards(Tx tx, string buyerId, IReadOnlyDictionary<string, bool> facts)
    {
        bool? linked = facts.TryGetValue(Facts.CardLinked, out var isLinked) ? isLinked : null;
        bool? accepted = facts.TryGetValue(Facts.CardScheme, out var isAccepted) ? isAccepted : null;
        if (linked is null && accepted is null)
            return;
        foreach (var found in await PaymentMethods.OfBuyer(tx, buyerId))
        {
            var card = (await CardStore.Lock<CardPaymentMethod>(tx, found.Id))!;
            await CardStore.Save(tx, card with
            {
                TakenAway = linked is null ? card.TakenAway : !linked.Value,
                Brand = accepted is null || accepted == PaymentMethods.IsAcceptedScheme(card.Brand) ? card.Brand
                    : accepted.Value ? "visa" : "amex",
            });
        }
    }
}
