using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>Putting a card on file for later charges.</summary>
internal static class SetupIntents
{
    public static async Task<StripeReply> Create(StripeRequest request)
    {
        var customer = await Customers.Named(request);
        var usage = request.Text("usage") ?? "off_session";
        if (usage is not ("off_session" or "on_session"))
            throw StripeErrorException.Invalid("usage must be off_session or on_session.", "usage");
        var intent = New(customer, request.Metadata(), usage, request.UnixNow) with { ReturnUrl = request.Text("return_url") };
        var methodId = request.Text("payment_method");
        if (request.Flag("confirm"))
        {
            await CardStore.Add(request.Tx, intent);
            return await Confirm(request, intent, methodId ?? throw StripeErrorException.Missing("payment_method"));
        }

        if (methodId is not null)
        {
            var method = await PaymentMethods.Take(request.Tx, methodId, request.UnixNow, "payment_method");
            intent = intent with { PaymentMethod = method.Id, Status = "requires_confirmation" };
        }

        await CardStore.Add(request.Tx, intent);
        return StripeReply.Ok(CardJson.Of(intent));
    }

    public static async Task<StripeReply> Retrieve(StripeRequest request)
    {
        var intent = await CardStore.Find<CardSetupIntent>(request.Tx, request.RouteId)
            ?? throw StripeErrorException.NoSuch("setupintent", request.RouteId);
        var json = CardJson.Of(intent);
        if (request.Expands("payment_method") && intent.PaymentMethod is not null
            && await CardStore.Find<CardPaymentMethod>(request.Tx, intent.PaymentMethod) is { } method)
            json["payment_method"] = CardJson.Of(method);
        return StripeReply.Ok(json);
    }

    public static async Task<StripeReply> Confirm(StripeRequest request)
    {
        var intent = await CardStore.Find<CardSetupIntent>(request.Tx, request.RouteId)
            ?? throw StripeErrorException.NoSuch("setupintent", request.RouteId);
        return await Confirm(request, intent, request.Text("payment_method") ?? intent.PaymentMethod
            ?? throw StripeErrorException.Missing("payment_method"));
    }

    public static CardSetupIntent New(CardCustomer? customer, Dictionary<string, string> metadata, string usage, long now)
    {
        var id = Ids.New("seti_");
        return new CardSetupIntent
        {
            Id = id,
            Created = now,
            ClientSecret = $"{id}_secret_{Ids.New("")}",
            Status = "requires_payment_method",
            Usage = usage,
            Customer = customer?.Id,
            BuyerId = customer?.BuyerId,
            Metadata = metadata,
        };
    }

    /// <summary>Tries the card. <paramref name="authenticated"/>: the buyer is on our own page and confirms there.</summary>
    public static async Task<(CardSetupIntent Intent, CardPaymentMethod Method, Decline? Decline)> Try(
        Tx tx, CardSetupIntent unlocked, string methodId, string origin, long now, bool authenticated)
    {
        if (unlocked.BuyerId is not null)
            await BuyerStore.Lock(tx, unlocked.BuyerId);
        var intent = (await CardStore.Lock<CardSetupIntent>(tx, unlocked.Id))!;
        if (intent.Status is "succeeded" or "canceled")
        {
            throw StripeErrorException.Invalid(
                $"You cannot confirm this SetupIntent because it has a status of {intent.Status}.", null, "setup_intent_unexpected_state");
        }

        var method = await PaymentMethods.Take(tx, methodId, now, "payment_method");
        if (method.Customer is not null && method.Customer != intent.Customer)
            throw StripeErrorException.Invalid("The payment method belongs to another customer.", "payment_method");

        var card = TestCards.Find(method.Token)!;
        if (card.OnSetup is { } decline)
        {
            intent = intent with { Status = "requires_payment_method", PaymentMethod = null, NextActionUrl = null, LastError = decline };
            await CardStore.Save(tx, intent);
            return (intent, method, decline);
        }

        if (card.AuthenticatesSetup && !authenticated)
        {
            intent = intent with
            {
                Status = "requires_action",
                PaymentMethod = method.Id,
                NextActionUrl = $"{origin}{AuthenticationPage.PathPrefix}{intent.Id}",
                LastError = null,
            };
            await CardStore.Save(tx, intent);
            return (intent, method, null);
        }

        intent = intent with { Status = "succeeded", PaymentMethod = method.Id, NextActionUrl = null, LastError = null };
        await CardStore.Save(tx, intent);
        if (intent.Customer is not null && await CardStore.Find<CardCustomer>(tx, intent.Customer) is { } customer)
            method = await PaymentMethods.AttachTo(tx, method, customer);
        return (intent, method, null);
    }

    /// <summary>The buyer refused at the bank.</summary>
    public static async Task Fail(Tx tx, CardSetupIntent unlocked, Decline decline)
    {
        if (await CardStore.Lock<CardSetupIntent>(tx, unlocked.Id) is { Status: "requires_action" } intent)
            await CardStore.Save(tx, intent with { Status = "requires_payment_method", PaymentMethod = null, NextActionUrl = null, LastError = decline });
    }

    private static async Task<StripeReply> Confirm(StripeRequest request, CardSetupIntent intent, string methodId)
    {
        if (request.Text("return_url") is { } returnUrl && returnUrl != intent.ReturnUrl)
        {
            if (intent.BuyerId is not null)
                await BuyerStore.Lock(request.Tx, intent.BuyerId);
            intent = (await CardStore.Lock<CardSetupIntent>(request.Tx, intent.Id))! with { ReturnUrl = returnUrl };
            await CardStore.Save(request.Tx, intent);
        }

        var (tried, method, decline) = await Try(request.Tx, intent, methodId, request.Origin, request.UnixNow, authenticated: false);
        if (decline is not null)
            return StripeReply.Declined(decline, "setup_intent", CardJson.Of(tried, method), CardJson.Of(method));
        var json = CardJson.Of(tried);
        if (request.Expands("payment_method"))
            json["payment_method"] = CardJson.Of(method);
        return StripeReply.Ok(json);
    }
}
