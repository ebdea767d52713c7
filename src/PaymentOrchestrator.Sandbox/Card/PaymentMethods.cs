using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>Cards on file.</summary>
internal static class PaymentMethods
{
    public static async Task<StripeReply> Retrieve(StripeRequest request) =>
        StripeReply.Ok(CardJson.Of(await CardStore.Find<CardPaymentMethod>(request.Tx, request.RouteId)
            ?? throw StripeErrorException.NoSuch("PaymentMethod", request.RouteId)));

    public static async Task<StripeReply> List(StripeRequest request)
    {
        var customer = await Customers.Named(request, required: true);
        return await ListOf(request, customer!.Id, "/v1/payment_methods");
    }

    public static async Task<StripeReply> ListOfCustomer(StripeRequest request)
    {
        _ = await CardStore.Find<CardCustomer>(request.Tx, request.RouteId) ?? throw StripeErrorException.NoSuch("customer", request.RouteId);
        return await ListOf(request, request.RouteId, $"/v1/customers/{request.RouteId}/payment_methods");
    }

    public static async Task<StripeReply> Attach(StripeRequest request)
    {
        var customer = (await Customers.Named(request, required: true))!;
        if (customer.BuyerId is not null)
            await BuyerStore.Lock(request.Tx, customer.BuyerId);
        var method = await Take(request.Tx, request.RouteId, request.UnixNow, param: null);
        if (method.Customer is not null && method.Customer != customer.Id)
            throw StripeErrorException.Invalid("The payment method you provided has already been attached to a customer.");
        if (TestCards.Find(method.Token)!.OnSetup is { } decline)
            return StripeReply.Declined(decline, "payment_method", CardJson.Of(method), CardJson.Of(method));
        return StripeReply.Ok(CardJson.Of(await AttachTo(request.Tx, method, customer)));
    }

    /// <summary>The end of a card on file. The buyer's card counts as linked as long as another one is.</summary>
    public static async Task<StripeReply> Detach(StripeRequest request)
    {
        var tx = request.Tx;
        var found = await CardStore.Find<CardPaymentMethod>(tx, request.RouteId)
            ?? throw StripeErrorException.NoSuch("PaymentMethod", request.RouteId);
        if (found.BuyerId is not null)
            await BuyerStore.Lock(tx, found.BuyerId);
        var method = (await CardStore.Lock<CardPaymentMethod>(tx, found.Id))!;
        if (method.Customer is null)
            throw StripeErrorException.Invalid("The payment method you provided is not attached to a customer so detachment is impossible.");

        var detached = method with { Customer = null, BuyerId = null, Detached = true };
        await CardStore.Save(tx, detached);
        if (method.BuyerId is not null && (await OfBuyer(tx, method.BuyerId)).All(other => other.TakenAway))
            await BuyerStore.SetFacts(tx, method.BuyerId, new Dictionary<string, bool> { [Facts.CardLinked] = false });
        return StripeReply.Ok(CardJson.Of(detached));
    }

    public static Task<IReadOnlyList<CardPaymentMethod>> OfBuyer(Tx tx, string buyerId) =>
        CardStore.List<CardPaymentMethod>(tx, buyerId: buyerId);

    /// <summary>An existing payment method, or a fresh one made from a test method, as Stripe does.</summary>
    public static async Task<CardPaymentMethod> Take(Tx tx, string id, long now, string? param)
    {
        if (TestCards.Find(id) is { } card)
        {
            var made = New(card, now);
            await CardStore.Add(tx, made);
            return made;
        }

        var method = await CardStore.Lock<CardPaymentMethod>(tx, id) ?? throw StripeErrorException.NoSuch("PaymentMethod", id, param);
        return method.Detached
            ? throw StripeErrorException.Invalid(
                "The provided PaymentMethod was detached from a Customer. It may not be used again.", param, "payment_method_unexpected_state")
            : method;
    }

    public static CardPaymentMethod New(TestCard card, long now) => new()
    {
        Id = Ids.New("pm_"),
        Created = now,
        Token = card.Token,
        Brand = card.Brand,
    };

    /// <summary>A card that is put on file is linked, and its brand says whether the scheme is one of the two.</summary>
    public static async Task<CardPaymentMethod> AttachTo(Tx tx, CardPaymentMethod method, CardCustomer customer)
    {
        var attached = method with { Customer = customer.Id, BuyerId = customer.BuyerId, TakenAway = false };
        await CardStore.Save(tx, attached);
        if (customer.BuyerId is not null)
        {
            await BuyerStore.SetFacts(tx, customer.BuyerId, new Dictionary<string, bool>
            {
                [Facts.CardLinked] = true,
                [Facts.CardScheme] = IsAcceptedScheme(attached.Brand),
            });
        }

        return attached;
    }

    public static bool IsAcceptedScheme(string brand) => brand is "visa" or "mastercard";

    private static async Task<StripeReply> ListOf(StripeRequest request, string customer, string url)
    {
        IReadOnlyList<CardPaymentMethod> found = request.Text("type") is not (null or "card")
            ? []
            : [.. (await CardStore.List<CardPaymentMethod>(request.Tx, customer: customer)).Where(method => method.ShownCustomer is not null)];
        return await Paging.Page(request, url, found, method => Task.FromResult(CardJson.Of(method)));
    }
}
