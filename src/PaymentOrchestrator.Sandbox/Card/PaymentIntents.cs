using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Rates;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>Charges.</summary>
internal sealed class PaymentIntents(EcbRates rates)
{
    public async Task<StripeReply> Create(StripeRequest request)
    {
        var amount = request.Whole("amount") ?? throw StripeErrorException.Missing("amount");
        // Stripe takes the code in any case and shows it in lower case.
        var currency = request.Required("currency").ToLowerInvariant();
        if (!rates.Currencies.Contains(currency.ToUpperInvariant()))
            throw StripeErrorException.Invalid($"Invalid currency: {currency}", "currency");
        StripeAmounts.CheckCharge(currency, amount, rates);
        var customer = await Customers.Named(request);

        var id = Ids.New("pi_");
        var methodId = request.Text("payment_method");
        var intent = new CardPaymentIntent
        {
            Id = id,
            Created = request.UnixNow,
            ClientSecret = $"{id}_secret_{Ids.New("")}",
            Status = "requires_payment_method",
            Amount = amount,
            Currency = currency,
            RequestId = request.IdempotencyKey ?? id,
            Customer = customer?.Id,
            BuyerId = customer?.BuyerId,
            Metadata = request.Metadata(),
            Description = request.Text("description"),
            ReturnUrl = request.Text("return_url"),
        };
        if (request.Flag("confirm"))
        {
            await CardStore.Add(request.Tx, intent);
            return await Confirm(request, intent, methodId ?? throw StripeErrorException.Missing("payment_method"));
        }

        if (request.Flag("off_session"))
            throw StripeErrorException.Invalid("off_session can only be used with confirm=true.", "off_session");
        if (methodId is not null)
        {
            var method = await Usable(request, intent, methodId);
            intent = intent with { PaymentMethod = method.Id, Status = "requires_confirmation" };
        }

        await CardStore.Add(request.Tx, intent);
        return StripeReply.Ok(CardJson.Of(intent));
    }

    public static async Task<StripeReply> Retrieve(StripeRequest request)
    {
        var intent = await CardStore.Find<CardPaymentIntent>(request.Tx, request.RouteId)
            ?? throw StripeErrorException.NoSuch("payment_intent", request.RouteId);
        return StripeReply.Ok(await Show(request, intent));
    }

    public static async Task<StripeReply> List(StripeRequest request)
    {
        var customer = await Customers.Named(request, required: true);
        var found = await CardStore.List<CardPaymentIntent>(request.Tx, customer: customer!.Id);
        return await Paging.Page(request, "/v1/payment_intents", found, intent => Show(request, intent));
    }

    public static async Task<StripeReply> Confirm(StripeRequest request)
    {
        var intent = await Locked(request);
        if (intent.Status is not ("requires_payment_method" or "requires_confirmation" or "requires_action"))
            return await UnexpectedState(request, intent, "confirm");
        intent = intent with
        {
            RequestId = request.IdempotencyKey ?? intent.RequestId,
            ReturnUrl = request.Text("return_url") ?? intent.ReturnUrl,
        };
        return await Confirm(request, intent, request.Text("payment_method") ?? intent.PaymentMethod
            ?? throw StripeErrorException.Missing("payment_method"));
    }

    public static async Task<StripeReply> Cancel(StripeRequest request)
    {
        var intent = await Locked(request);
        if (intent.Status is "succeeded" or "canceled")
            return await UnexpectedState(request, intent, "cancel");
        var canceled = intent with
        {
            Status = "canceled",
            NextActionUrl = null,
            CanceledAt = request.UnixNow,
            CancellationReason = request.Text("cancellation_reason"),
        };
        await CardStore.Save(request.Tx, canceled);
        await CardEvents.Of(request.Tx, "canceled", canceled, null);
        return StripeReply.Ok(await Show(request, canceled));
    }

    private static async Task<StripeReply> Confirm(StripeRequest request, CardPaymentIntent intent, string methodId)
    {
        var (tx, offSession) = (request.Tx, request.Flag("off_session"));
        var method = await Usable(request, intent, methodId);
        var card = TestCards.Find(method.Token)!;
        var asksBuyer = card.Authentication switch
        {
            ChargeAuthentication.Always => true,
            ChargeAuthentication.UnlessSetUp => method.Customer is null,
            ChargeAuthentication.OnSession => !offSession,
            _ => false,
        };
        if (asksBuyer && !offSession)
        {
            var waiting = intent with
            {
                Status = "requires_action",
                PaymentMethod = method.Id,
                NextActionUrl = $"{request.Origin}{AuthenticationPage.PathPrefix}{intent.Id}",
                LastError = null,
                LastErrorPaymentMethod = null,
            };
            await CardStore.Save(tx, waiting);
            await CardEvents.Of(tx, "requires_action", waiting, method);
            return StripeReply.Ok(await Show(request, waiting));
        }

        var decline = asksBuyer ? TestCards.AuthenticationRequired : card.OnCharge;
        if (decline is not null)
        {
            var failed = await Charging.Fail(tx, intent, method, decline);
            return StripeReply.Declined(
                decline, "payment_intent", CardJson.Of(failed, method), CardJson.Of(method), failed.LatestCharge);
        }

        return StripeReply.Ok(await Show(request, await Charging.Succeed(tx, intent, method, request.Now)));
    }

    /// <summary>A test method as a fresh card, or a card on file, and then only with its customer.</summary>
    private static async Task<CardPaymentMethod> Usable(StripeRequest request, CardPaymentIntent intent, string methodId)
    {
        var method = await PaymentMethods.Take(request.Tx, methodId, request.UnixNow, "payment_method");
        if (method.TakenAway)
        {
            throw StripeErrorException.Invalid(
                "The provided PaymentMethod was detached from a Customer. It may not be used again.", "payment_method",
                "payment_method_unexpected_state");
        }

        if (method.Customer is not null && method.Customer != intent.Customer)
        {
            throw StripeErrorException.Invalid(
                "The PaymentMethod does not belong to the customer of this PaymentIntent.", "payment_method");
        }

        return method;
    }

    private static async Task<CardPaymentIntent> Locked(StripeRequest request) =>
        await CardStore.Lock<CardPaymentIntent>(request.Tx, request.RouteId)
            ?? throw StripeErrorException.NoSuch("payment_intent", request.RouteId);

    private static async Task<StripeReply> UnexpectedState(StripeRequest request, CardPaymentIntent intent, string verb) => new(
        StatusCodes.Status400BadRequest,
        new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["type"] = "invalid_request_error",
                ["code"] = "payment_intent_unexpected_state",
                ["message"] = $"You cannot {verb} this PaymentIntent because it has a status of {intent.Status}.",
                ["payment_intent"] = await Show(request, intent),
            },
        });

    private static async Task<JsonObject> Show(StripeRequest request, CardPaymentIntent intent)
    {
        var methodId = intent.LastErrorPaymentMethod ?? intent.PaymentMethod;
        var method = methodId is null ? null : await CardStore.Find<CardPaymentMethod>(request.Tx, methodId);
        var json = CardJson.Of(intent, method);
        if ((request.Expands("latest_charge") || request.Expands("data.latest_charge")) && intent.LatestCharge is not null)
            json["latest_charge"] = CardJson.Charge(intent, method);
        if (request.Expands("payment_method") && intent.PaymentMethod is not null && method is not null)
            json["payment_method"] = CardJson.Of(method);
        if (request.Expands("customer") && intent.Customer is not null && await CardStore.Find<CardCustomer>(request.Tx, intent.Customer) is { } customer)
            json["customer"] = CardJson.Of(customer);
        return json;
    }
}
