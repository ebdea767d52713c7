using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.Card;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Controls;

/// <summary>
/// A buyer may start at the provider's side. When a patch makes an account exist which the platform may not use yet, the
/// buyer authorises the platform there, and the platform is told.
/// </summary>
internal sealed class ActingAsBuyer(AuthorizationStore authorizations, TimeProvider clock)
{
    public async Task<IReadOnlyList<Announcement>> Authorise(Tx tx, string buyerId, IReadOnlyDictionary<string, bool> facts)
    {
        var buyer = await BuyerStore.Lock(tx, buyerId);
        var announcements = new List<Announcement>();
        async Task AntCode(string fact, string provider, string scope)
        {
            if (facts.GetValueOrDefault(fact) && await NewCode(tx, provider, scope, buyerId) is { } code)
                announcements.Add(new Announcement.AntCode(provider, scope, code, buyerId, later => authorizations.MarkAnnounced(later, code)));
        }

        await AntCode(Facts.WorldFirstAccount, Providers.WorldFirst, Scopes.AgreementPay);
        // The account before its bank card: the platform can't keep a card of an account that it doesn't know.
        await AntCode(Facts.AlipayAccount, Providers.Alipay, Scopes.AgreementPay);
        await AntCode(Facts.AlipayMainlandBankAccount, Providers.Alipay, Scopes.BindBankCard);
        if (facts.GetValueOrDefault(Facts.MarketplaceAccount)
            && await NewCode(tx, Providers.Marketplace1688, Scopes.AgreementPay, buyerId) is { } memberCode)
        {
            announcements.Add(new Announcement.MarketplaceMember(
                memberCode, buyer.Has(Facts.MarketplaceAlipayLogin) ? "alipay" : "password", buyer.MemberId, buyerId,
                later => authorizations.MarkAnnounced(later, memberCode)));
        }

        if (facts.GetValueOrDefault(Facts.CardLinked) && await NewCard(tx, buyer) is { } setup)
        {
            announcements.Add(new Announcement.CardSetup(
                CardJson.Of(setup), later => MarkKnown(later, buyerId, setup.PaymentMethod!)));
        }

        return announcements;
    }

    private async Task<string?> NewCode(Tx tx, string provider, string scope, string buyerId) =>
        await authorizations.IsAuthorised(tx, provider, scope, buyerId)
            ? null
            : await authorizations.IssueCode(tx, provider, scope, buyerId);

    /// <summary>Null if the platform has a card of the buyer; the setup of an earlier patch if it never got there.</summary>
    private async Task<CardSetupIntent?> NewCard(Tx tx, Buyer buyer)
    {
        var cards = await PaymentMethods.OfBuyer(tx, buyer.BuyerId);
        if (cards.Any(card => card.KnownToPlatform))
            return null;
        if (cards is [var pending, ..])
        {
            var setups = await CardStore.List<CardSetupIntent>(tx, buyerId: buyer.BuyerId);
            return setups.First(setup => setup.PaymentMethod == pending.Id);
        }

        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var metadata = new Dictionary<string, string> { ["buyer_id"] = buyer.BuyerId };
        var customers = await CardStore.List<CardCustomer>(tx, buyerId: buyer.BuyerId);
        var customer = customers is [var known, ..] ? known : Customers.New(metadata, now);
        if (customers.Count == 0)
            await CardStore.Add(tx, customer);

        var scheme = TestCards.Find(buyer.Has(Facts.CardScheme) ? "pm_card_visa" : "pm_card_amex")!;
        var method = PaymentMethods.New(scheme, now) with { Customer = customer.Id, BuyerId = buyer.BuyerId, KnownToPlatform = false };
        await CardStore.Add(tx, method);
        var made = SetupIntents.New(customer, metadata, "off_session", now) with { Status = "succeeded", PaymentMethod = method.Id };
        await CardStore.Add(tx, made);
        return made;
    }

    private static async Task MarkKnown(Tx tx, string buyerId, string methodId)
    {
        await BuyerStore.Lock(tx, buyerId);
        if (await CardStore.Lock<CardPaymentMethod>(tx, methodId) is { } method)
            await CardStore.Save(tx, method with { KnownToPlatform = true });
    }
}
