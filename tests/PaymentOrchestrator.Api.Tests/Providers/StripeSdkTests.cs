using System.Net;
using System.Text.Json;
using PaymentOrchestrator.Api.Tests.Harness;
using Stripe;
using Stripe.Checkout;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

/// <summary>Stripe's own library, with its own retries on, pointed at the sandbox: whoever knows Stripe can use the sandbox's acquirer.</summary>
public sealed class StripeSdkTests(TestSystem system) : IDisposable
{
    private const string Key = "sk_test_whatever_it_is";

    /// <summary>What Stripe's reference has as always present, by object; null stands there only where it says so.</summary>
    private static readonly Dictionary<string, string> Documented = new()
    {
        ["customer"] = "address balance created currency default_source delinquent description discount email id invoice_prefix invoice_settings livemode metadata name next_invoice_sequence "
            + "object phone preferred_locales shipping tax_exempt test_clock",
        ["payment_method"] = "allow_redisplay billing_details card created customer id livemode metadata object type",
        ["setup_intent"] = "application automatic_payment_methods cancellation_reason client_secret created customer description flow_directions id last_setup_error latest_attempt livemode mandate "
            + "metadata next_action object on_behalf_of payment_method payment_method_configuration_details payment_method_options payment_method_types single_use_mandate status usage",
        ["payment_intent"] = "amount amount_capturable amount_details amount_received application application_fee_amount automatic_payment_methods canceled_at cancellation_reason capture_method "
            + "client_secret confirmation_method created currency customer description id last_payment_error latest_charge livemode metadata next_action object on_behalf_of payment_method "
            + "payment_method_configuration_details payment_method_options payment_method_types processing receipt_email review setup_future_usage shipping statement_descriptor "
            + "statement_descriptor_suffix status transfer_data transfer_group",
        ["charge"] = "amount amount_captured amount_refunded application application_fee application_fee_amount balance_transaction billing_details calculated_statement_descriptor captured created "
            + "currency customer description disputed failure_balance_transaction failure_code failure_message fraud_details id livemode metadata object on_behalf_of outcome paid payment_intent "
            + "payment_method payment_method_details receipt_email receipt_number receipt_url refunded review shipping source_transfer statement_descriptor statement_descriptor_suffix status "
            + "transfer_data transfer_group",
        ["refund"] = "amount balance_transaction charge created currency destination_details id metadata object payment_intent reason receipt_number source_transfer_reversal status transfer_reversal",
        ["checkout.session"] = "after_expiration allow_promotion_codes amount_subtotal amount_total automatic_tax billing_address_collection cancel_url client_reference_id client_secret consent "
            + "consent_collection created currency custom_fields custom_text customer customer_creation customer_details customer_email expires_at id invoice invoice_creation livemode locale metadata mode "
            + "object payment_intent payment_link payment_method_collection payment_method_options payment_method_types payment_status phone_number_collection recovered_from setup_intent "
            + "shipping_address_collection shipping_cost shipping_options status submit_type subscription success_url total_details ui_mode url",
    };

    private readonly Wire wire = new();

    private StripeClient Stripe => field ??= new StripeClient(new StripeClientOptions
    {
        ApiKey = Key,
        ApiBase = system.SandboxUrl.AbsoluteUri.TrimEnd('/'),
        HttpClient = new SystemNetHttpClient(new HttpClient(wire), maxNetworkRetries: 2, appInfo: null, enableTelemetry: false),
    });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => wire.Dispose();

    [Fact]
    public async Task A_card_is_put_on_file_charged_read_and_refunded_and_every_documented_field_is_there()
    {
        var customer = await Stripe.V1.Customers.CreateAsync(new CustomerCreateOptions { Email = "a@example.com", Name = "A", Metadata = new() { ["k"] = "v" } }, null, Cancellation);
        Assert.Equal(("a@example.com", "A", "v", false), (customer.Email, customer.Name, customer.Metadata["k"], customer.Livemode));
        Assert.NotNull(customer.InvoiceSettings);
        var setup = await Stripe.V1.SetupIntents.CreateAsync(
            new SetupIntentCreateOptions { Customer = customer.Id, PaymentMethod = "pm_card_visa", Confirm = true, Usage = "off_session", AllowedPaymentMethodTypes = ["card"], Expand = ["payment_method"] },
            null, Cancellation);
        Assert.Equal(("succeeded", "off_session", "visa"), (setup.Status, setup.Usage, setup.PaymentMethod.Card.Brand));
        var card = await Stripe.V1.PaymentMethods.GetAsync(setup.PaymentMethodId, null, null, Cancellation);
        Assert.Equal((customer.Id, "4242", "US"), (card.CustomerId, card.Card.Last4, card.Card.Country));
        Assert.NotNull(card.BillingDetails.Address);
        Assert.True(card.Card.ExpYear > 2026);
        Assert.Equal(card.Id, Assert.Single(await Stripe.V1.PaymentMethods.ListAsync(new PaymentMethodListOptions { Customer = customer.Id, Type = "card" }, null, Cancellation)).Id);

        var paid = await PayAsync(customer.Id, card.Id, 12_34, expand: "latest_charge");
        Assert.Equal(("succeeded", 1234L, 1234L, "usd"), (paid.Status, paid.Amount, paid.AmountReceived, paid.Currency));
        Assert.Equal((true, "succeeded", "visa", "authorized", 0L), (paid.LatestCharge.Paid, paid.LatestCharge.Status, paid.LatestCharge.PaymentMethodDetails.Card.Network, paid.LatestCharge.Outcome.Type, paid.LatestCharge.AmountRefunded));
        Assert.True(paid.Created > DateTime.UnixEpoch);
        var read = await Stripe.V1.PaymentIntents.GetAsync(paid.Id, new PaymentIntentGetOptions { Expand = ["customer", "payment_method"] }, null, Cancellation);
        Assert.Equal((customer.Id, "A", card.Id), (read.CustomerId, read.Customer.Name, read.PaymentMethod.Id));

        var part = await Stripe.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 234, Reason = "requested_by_customer" }, null, Cancellation);
        Assert.Equal(("succeeded", 234L, paid.Id, "requested_by_customer", "card"), (part.Status, part.Amount, part.PaymentIntentId, part.Reason, part.DestinationDetails.Type));
        var rest = await Stripe.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id }, null, Cancellation);
        Assert.Equal(1000, rest.Amount);
        Assert.Equal(rest.Id, (await Stripe.V1.Refunds.GetAsync(rest.Id, null, null, Cancellation)).Id);
        Assert.Equal("charge_already_refunded", (await RefusedAsync(() => Stripe.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id }, null, Cancellation))).StripeError.Code);
        var refunded = await Stripe.V1.PaymentIntents.GetAsync(paid.Id, new PaymentIntentGetOptions { Expand = ["latest_charge"] }, null, Cancellation);
        Assert.Equal((true, 1234L), (refunded.LatestCharge.Refunded, refunded.LatestCharge.AmountRefunded));

        var page = await Stripe.V1.Checkout.Sessions.CreateAsync(
            new SessionCreateOptions { Mode = "setup", Customer = customer.Id, SuccessUrl = "https://shop.example/ok", CancelUrl = "https://shop.example/no", Currency = "usd" }, null, Cancellation);
        Assert.Equal(("open", "setup", "no_payment_required"), (page.Status, page.Mode, page.PaymentStatus));
        Assert.NotNull(page.Url);

        var seen = new HashSet<string>();
        foreach (var body in wire.Bodies) AssertDocumented(JsonDocument.Parse(body).RootElement, seen);
        Assert.Equal(Documented.Keys.Order(), seen.Intersect(Documented.Keys).Order());
    }

    [Theory]
    [InlineData("pm_card_visa_chargeDeclined", "card_declined", "generic_decline")]
    [InlineData("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds")]
    [InlineData("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card")]
    [InlineData("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card")]
    [InlineData("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded")]
    [InlineData("pm_card_chargeDeclinedFraudulent", "card_declined", "fraudulent")]
    [InlineData("pm_card_radarBlock", "card_declined", "fraudulent")]
    [InlineData("pm_card_chargeDeclinedExpiredCard", "expired_card", null)]
    [InlineData("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", null)]
    [InlineData("pm_card_chargeDeclinedProcessingError", "processing_error", null)]
    [InlineData("pm_card_chargeCustomerFail", "card_declined", "generic_decline")]
    [InlineData("pm_card_authenticationRequired", "authentication_required", "authentication_required")]
    public async Task Each_decline_is_a_card_error_with_its_code_and_the_intent(string token, string code, string? declineCode)
    {
        var customer = await Stripe.V1.Customers.CreateAsync(new CustomerCreateOptions(), null, Cancellation);
        var error = await RefusedAsync(() => PayAsync(customer.Id, token, 10_00));
        Assert.Equal((HttpStatusCode.PaymentRequired, "card_error", code, declineCode), (error.HttpStatusCode, error.StripeError.Type, error.StripeError.Code, error.StripeError.DeclineCode));
        Assert.NotEmpty(error.StripeError.Message);
        Assert.Equal("requires_payment_method", error.StripeError.PaymentIntent.Status);
        Assert.Equal(code, error.StripeError.PaymentIntent.LastPaymentError.Code);
        Assert.NotNull(error.StripeError.PaymentMethod.Card.Last4);
        var failed = await Stripe.V1.PaymentIntents.GetAsync(error.StripeError.PaymentIntent.Id, new PaymentIntentGetOptions { Expand = ["latest_charge"] }, null, Cancellation);
        Assert.Equal((false, "failed", code), (failed.LatestCharge.Paid, failed.LatestCharge.Status, failed.LatestCharge.FailureCode));
        foreach (var body in wire.Bodies) AssertDocumented(JsonDocument.Parse(body).RootElement, []);
    }

    [Fact]
    public async Task A_card_that_wants_its_holder_gives_a_page_on_session()
    {
        var customer = await Stripe.V1.Customers.CreateAsync(new CustomerCreateOptions(), null, Cancellation);
        var intent = await Stripe.V1.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions
        {
            Amount = 10_00,
            Currency = "usd",
            Customer = customer.Id,
            PaymentMethod = "pm_card_threeDSecure2Required",
            Confirm = true,
            ReturnUrl = "https://shop.example/back",
        }, null, Cancellation);
        Assert.Equal(("requires_action", "redirect_to_url"), (intent.Status, intent.NextAction.Type));
        Assert.StartsWith(system.SandboxUrl.AbsoluteUri, intent.NextAction.RedirectToUrl.Url, StringComparison.Ordinal);
        Assert.Equal("canceled", (await Stripe.V1.PaymentIntents.CancelAsync(intent.Id, null, null, Cancellation)).Status);
        Assert.Equal("payment_intent_unexpected_state", (await RefusedAsync(() => Stripe.V1.PaymentIntents.CancelAsync(intent.Id, null, null, Cancellation))).StripeError.Code);
    }

    [Fact]
    public async Task A_key_replays_its_first_answer_and_takes_no_other_parameters()
    {
        var customer = await Stripe.V1.Customers.CreateAsync(new CustomerCreateOptions(), null, Cancellation);
        var key = Guid.NewGuid().ToString();
        var first = await PayAsync(customer.Id, "pm_card_visa", 10_00, key);
        var again = await PayAsync(customer.Id, "pm_card_visa", 10_00, key);
        Assert.Equal(first.Id, again.Id);
        Assert.Equal("true", again.StripeResponse.Headers.GetValues("Idempotent-Replayed").Single());
        var reused = await RefusedAsync(() => PayAsync(customer.Id, "pm_card_visa", 10_01, key));
        Assert.Equal((HttpStatusCode.BadRequest, "idempotency_error"), (reused.HttpStatusCode, reused.StripeError.Type));
        Assert.Single(await Stripe.V1.PaymentIntents.ListAsync(new PaymentIntentListOptions { Customer = customer.Id }, null, Cancellation));

        // A decline is an outcome, too.
        var declined = Guid.NewGuid().ToString();
        var one = await RefusedAsync(() => PayAsync(customer.Id, "pm_card_chargeCustomerFail", 10_00, declined));
        var two = await RefusedAsync(() => PayAsync(customer.Id, "pm_card_chargeCustomerFail", 10_00, declined));
        Assert.Equal(one.StripeError.PaymentIntent.Id, two.StripeError.PaymentIntent.Id);
    }

    [Fact]
    public async Task The_librarys_own_retries_after_a_lost_answer_charge_once()
    {
        var buyer = await system.Api.BuyerAsync();
        var customer = await Stripe.V1.Customers.CreateAsync(new CustomerCreateOptions { Metadata = new() { ["buyer_id"] = buyer } }, null, Cancellation);
        await Notifications.OpenPayments.FaultAsync(system, buyer, "error_after", "card", "payment_intents.create", times: 2);
        wire.Bodies.Clear();
        var paid = await PayAsync(customer.Id, "pm_card_visa", 10_00);
        Assert.Equal("succeeded", paid.Status);
        Assert.Equal(3, wire.Requests.Count(request => request.Path == "/v1/payment_intents"));
        Assert.Single(wire.Requests.Where(request => request.Path == "/v1/payment_intents").Select(request => request.Key).Distinct());
        Assert.Equal(1, await system.Sandbox.ExecutionsOfBuyerAsync(buyer));
    }

    [Fact]
    public async Task Lists_come_newest_first_in_pages_and_the_library_walks_them()
    {
        var customer = await Stripe.V1.Customers.CreateAsync(new CustomerCreateOptions(), null, Cancellation);
        var made = new List<string>();
        for (var i = 0; i < 5; i++) made.Insert(0, (await PayAsync(customer.Id, "pm_card_visa", 10_00 + i)).Id);
        var page = await Stripe.V1.PaymentIntents.ListAsync(new PaymentIntentListOptions { Customer = customer.Id, Limit = 2 }, null, Cancellation);
        Assert.Equal((true, "/v1/payment_intents"), (page.HasMore, page.Url));
        Assert.Equal(made.Take(2), page.Select(intent => intent.Id));
        var all = new List<string>();
        await foreach (var intent in Stripe.V1.PaymentIntents.ListAutoPagingAsync(new PaymentIntentListOptions { Customer = customer.Id, Limit = 2 }, null, Cancellation)) all.Add(intent.Id);
        Assert.Equal(made, all);

        var refunds = new List<string>();
        for (var i = 0; i < 3; i++) refunds.Insert(0, (await Stripe.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = made[0], Amount = 100 }, null, Cancellation)).Id);
        var walked = new List<string>();
        await foreach (var refund in Stripe.V1.Refunds.ListAutoPagingAsync(new RefundListOptions { PaymentIntent = made[0], Limit = 1 }, null, Cancellation)) walked.Add(refund.Id);
        Assert.Equal(refunds, walked);
    }

    [Theory]
    [InlineData("usd", 50)]
    [InlineData("eur", 50)]
    [InlineData("gbp", 30)]
    [InlineData("jpy", 50)]
    [InlineData("huf", 17500)]
    [InlineData("czk", 1500)]
    [InlineData("mxn", 1000)]
    [InlineData("hkd", 400)]
    public async Task The_smallest_charge_is_the_one_that_Stripe_publishes(string currency, long minimum)
    {
        var customer = await Stripe.V1.Customers.CreateAsync(new CustomerCreateOptions(), null, Cancellation);
        Assert.Equal("amount_too_small", (await RefusedAsync(() => PayAsync(customer.Id, "pm_card_visa", minimum - 1, currency: currency))).StripeError.Code);
        Assert.Equal("succeeded", (await PayAsync(customer.Id, "pm_card_visa", minimum, currency: currency)).Status);
    }

    [Fact]
    public async Task ISK_is_counted_in_hundredths_and_only_whole_krónur_are_taken()
    {
        var customer = await Stripe.V1.Customers.CreateAsync(new CustomerCreateOptions(), null, Cancellation);
        Assert.Equal("succeeded", (await PayAsync(customer.Id, "pm_card_visa", 250_00, currency: "isk")).Status);
        Assert.Equal("amount", (await RefusedAsync(() => PayAsync(customer.Id, "pm_card_visa", 250_50, currency: "isk"))).StripeError.Param);
        // The equivalent of fifty cents.
        Assert.Equal("amount_too_small", (await RefusedAsync(() => PayAsync(customer.Id, "pm_card_visa", 1_00, currency: "isk"))).StripeError.Code);
    }

    [Theory]
    [InlineData("sk_test_x", 200)]
    [InlineData("sk_test_51Abc", 200)]
    [InlineData("sk_live_x", 401)]
    [InlineData("sk_test_", 401)]
    [InlineData("pk_test_x", 401)]
    [InlineData(null, 401)]
    public async Task Any_test_key_opens_and_every_answer_names_its_request_and_version(string? key, int status)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(system.SandboxUrl, "/v1/customers")) { Content = new FormUrlEncodedContent([new("name", "x")]) };
        if (key is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        request.Headers.TryAddWithoutValidation("Stripe-Version", "2026-10-28.endive");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString("N"));
        using var response = await http.SendAsync(request, Cancellation);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith("req_", response.Headers.GetValues("request-id").Single(), StringComparison.Ordinal);
        Assert.Equal("2026-10-28.endive", response.Headers.GetValues("Stripe-Version").Single());
        if (status == 401) Assert.Equal("invalid_request_error", JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("error").GetProperty("type").GetString());
    }

    private Task<PaymentIntent> PayAsync(string customer, string method, long amount, string? key = null, string currency = "usd", string? expand = null) =>
        Stripe.V1.PaymentIntents.CreateAsync(
            new PaymentIntentCreateOptions
            {
                Amount = amount,
                Currency = currency,
                Customer = customer,
                PaymentMethod = method,
                Confirm = true,
                OffSession = true,
                AllowedPaymentMethodTypes = ["card"],
                Expand = expand is null ? null : [expand],
            },
            new RequestOptions { IdempotencyKey = key }, Cancellation);

    private static Task<StripeException> RefusedAsync(Func<Task> call) => Assert.ThrowsAsync<StripeException>(call);

    /// <summary>Every object in an answer, however deep, holds what Stripe's reference says that it always holds.</summary>
    private static void AssertDocumented(JsonElement element, HashSet<string> seen)
    {
        if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray()) AssertDocumented(item, seen);
        if (element.ValueKind != JsonValueKind.Object) return;
        if (element.TryGetProperty("object", out var kind) && Documented.TryGetValue(kind.GetString()!, out var fields))
        {
            seen.Add(kind.GetString()!);
            var missing = fields.Split(' ').Where(name => !element.TryGetProperty(name, out _)).ToList();
            Assert.True(missing.Count == 0, $"{kind} lacks {string.Join(", ", missing)}.");
            foreach (var never in new[] { "id", "object", "created", "metadata", "livemode", "status", "amount", "currency", "payment_method_types", "client_secret", "type" })
                if (element.TryGetProperty(never, out var value) && fields.Split(' ').Contains(never) && (kind.GetString(), never) is not (("customer", "currency") or ("checkout.session", "currency" or "client_secret")))
                    Assert.True(value.ValueKind != JsonValueKind.Null, $"{kind}.{never} is null.");
        }

        foreach (var member in element.EnumerateObject()) AssertDocumented(member.Value, seen);
    }

    /// <summary>What goes over the wire.</summary>
    private sealed class Wire() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        public List<string> Bodies { get; } = [];

        public List<(string Path, string? Key)> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add((request.RequestUri!.AbsolutePath, request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null));
            var response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            if (response.Content.Headers.ContentType?.MediaType == "application/json") Bodies.Add(await response.Content.ReadAsStringAsync(cancellationToken));
            return response;
        }
    }
}
