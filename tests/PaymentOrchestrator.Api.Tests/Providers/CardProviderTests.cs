using Microsoft.AspNetCore.Http;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

public sealed class CardProviderTests : IAsyncLifetime
{
    private const string Paid =
        """{"id":"pi_1","object":"payment_intent","status":"succeeded","amount":2500000,"amount_received":2500000,"currency":"isk","metadata":{"request_id":"att_1"}}""";

    private static readonly Debit Debit = new(
        "att_1", "pay_1", PaymentMethod.Card, "byr_1", "order-1", new Money(Currency.Cny, 123456), new Money(Currency.Parse("ISK"), 25000),
        null, new AccountCredential("pm_1", """{"customer":"cus_1","payment_method":"pm_1"}"""), new Uri("https://api.example/v1/returns/card"));

    private ScriptedProvider provider = null!;

    public async ValueTask InitializeAsync() => provider = await ScriptedProvider.StartAsync();

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    [Fact]
    public async Task A_debit_carries_its_key_and_the_minor_unit_of_Stripe_and_comes_back_in_ours()
    {
        provider.AnswerPlain(200, Paid);
        Assert.Equal(new DebitOutcome.Succeeded("pi_1", Debit.Total, null), await provider.Set.Card!.DebitAsync(Debit, CancellationToken.None));
        var request = Assert.Single(provider.Requests);
        Assert.Equal(("/v1/payment_intents", "att_1", "Bearer sk_test_key"), (request.Path, request.Headers["Idempotency-Key"], request.Headers["Authorization"]));
        foreach (var field in new[] { "amount=2500000", "currency=isk", "customer=cus_1", "payment_method=pm_1", "confirm=true", "off_session=true", "metadata[payment_id]=pay_1" })
            Assert.Contains(field, Uri.UnescapeDataString(request.Body), StringComparison.Ordinal);
        Assert.DoesNotContain("return_url", request.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Stripe-Client-Telemetry", request.Headers.Keys);
    }

    [Theory]
    [InlineData(402, """{"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds","payment_intent":{"id":"pi_1","object":"payment_intent"}}}""", FailureCode.InsufficientBalance)]
    [InlineData(402, """{"error":{"type":"card_error","code":"card_declined","decline_code":"do_not_honor"}}""", FailureCode.CardDeclined)]
    [InlineData(402, """{"error":{"type":"card_error","code":"card_declined","decline_code":"stolen_card"}}""", FailureCode.CardLostOrStolen)]
    [InlineData(402, """{"error":{"type":"card_error","code":"expired_card"}}""", FailureCode.CardExpired)]
    [InlineData(402, """{"error":{"type":"card_error","code":"authentication_required","decline_code":"authentication_required"}}""", FailureCode.AuthenticationRequired)]
    [InlineData(400, """{"error":{"type":"invalid_request_error","code":"amount_too_small"}}""", FailureCode.AmountTooSmall)]
    [InlineData(400, """{"error":{"type":"invalid_request_error","code":"resource_missing"}}""", FailureCode.AccountNotUsable)]
    public async Task A_decline_is_told_in_our_words(int status, string body, string code)
    {
        provider.AnswerPlain(status, body);
        Assert.Equal(code, Assert.IsType<DebitOutcome.Refused>(await provider.Set.Card!.DebitAsync(Debit, CancellationToken.None)).Code);
    }

    [Theory]
    [InlineData(500, """{"error":{"type":"api_error"}}""")]
    [InlineData(502, "<html>")]
    [InlineData(200, """{"id":"pi_1","object":"payment_intent","sta""")]
    [InlineData(200, """["sk_secret"]""")]
    [InlineData(200, """{"id":"pi_1","object":"payment_intent","status":"processing","currency":"usd","metadata":{"request_id":"att_2"}}""")]
    [InlineData(400, """{"error":{"type":"idempotency_error"}}""")]
    [InlineData(401, """{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: sk_secret"}}""")]
    [InlineData(402, "nothing")]
    [InlineData(409, """{"error":{"type":"invalid_request_error","code":"lock_timeout"}}""")]
    [InlineData(429, """{"error":{"type":"invalid_request_error","code":"rate_limit"}}""")]
    public async Task Whatever_is_no_decline_leaves_the_debit_unknown_and_is_sent_once(int status, string body)
    {
        provider.AnswerPlain(status, body);
        var unknown = Assert.IsType<DebitOutcome.Unknown>(await provider.Set.Card!.DebitAsync(Debit, CancellationToken.None));
        Assert.DoesNotContain("sk_", unknown.Reason, StringComparison.Ordinal);
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task A_success_that_names_another_request_is_passed_on_as_one_of_another_request()
    {
        provider.AnswerPlain(200, Paid.Replace("att_1", "att_2", StringComparison.Ordinal));
        Assert.True(Assert.IsType<DebitOutcome.Succeeded>(await provider.Set.Card!.DebitAsync(Debit, CancellationToken.None)).OfAnotherRequest);
    }

    [Fact]
    public async Task An_inquiry_without_an_id_looks_for_the_request_and_creates_nothing()
    {
        static string List(string items) => $$"""{"object":"list","url":"/v1/payment_intents","has_more":false,"data":[{{items}}]}""";

        provider.AnswerPlain(200, List(Paid.Replace("att_1", "att_0", StringComparison.Ordinal) + "," + Paid));
        Assert.Equal(new DebitOutcome.Succeeded("pi_1", Debit.Total, null), await provider.Set.Card!.InquireAsync(Debit, CancellationToken.None));
        provider.AnswerPlain(200, List(""));
        Assert.IsType<DebitOutcome.NotFound>(await provider.Set.Card!.InquireAsync(Debit, CancellationToken.None));
        provider.AnswerPlain(404, """{"error":{"type":"invalid_request_error"}}""");
        Assert.IsType<DebitOutcome.Unknown>(await provider.Set.Card!.InquireAsync(Debit, CancellationToken.None));
        provider.AnswerPlain(404, """{"error":{"type":"invalid_request_error","code":"resource_missing"}}""");
        Assert.IsType<DebitOutcome.Unknown>(await provider.Set.Card!.InquireAsync(Debit with { ProviderReference = "pi_1" }, CancellationToken.None));
        Assert.All(provider.Requests, request => Assert.Equal("GET", request.Method));
    }

    [Fact]
    public async Task A_card_that_is_gone_is_not_linked()
    {
        var token = TestContext.Current.CancellationToken;
        async Task<ProviderAnswer<CardFacts>> Facts(int status, string body)
        {
            provider.AnswerPlain(status, body);
            return await provider.Set.Card!.ReadFactsAsync(Debit.Account, token);
        }

        const string card = """{"id":"pm_1","object":"payment_method","type":"card","card":{"brand":"mastercard","last4":"4444"},"customer":"cus_1"}""";
        Assert.Equal(new ProviderAnswer<CardFacts>.Ok(new CardFacts(true, "mastercard")), await Facts(200, card));
        Assert.Equal(new ProviderAnswer<CardFacts>.Ok(new CardFacts(false, "mastercard")), await Facts(200, card.Replace("\"cus_1\"", "null", StringComparison.Ordinal)));
        Assert.Equal(new ProviderAnswer<CardFacts>.Ok(CardFacts.NotLinked), await Facts(404, """{"error":{"type":"invalid_request_error","code":"resource_missing"}}"""));
        Assert.IsType<ProviderAnswer<CardFacts>.Unknown>(await Facts(500, "{}"));
    }

    [Fact]
    public async Task A_card_of_another_scheme_is_detached_when_we_began_the_linking_and_kept_when_a_notification_tells_of_it()
    {
        var attached = true;
        provider.Answer = context =>
        {
            var path = context.Request.Path.Value!;
            attached &= !path.EndsWith("/detach", StringComparison.Ordinal);
            return context.Response.WriteAsync(path.Contains("setup_intents", StringComparison.Ordinal)
                ? """{"id":"seti_1","object":"setup_intent","status":"succeeded","payment_method":"pm_1"}"""
                : $$"""{"id":"pm_1","object":"payment_method","type":"card","card":{"brand":"amex","last4":"0005"},"customer":{{(attached ? "\"cus_1\"" : "null")}}}""");
        };
        Task<ProviderAnswer<AccountGrant>> Complete(string? session) => provider.Set.Card!.CompleteAsync(
            new LinkCompletion(new Dictionary<string, string> { ["setup_intent"] = "seti_1" }, Debit.ReturnUrl, session, null), CancellationToken.None);

        var grant = Assert.IsType<ProviderAnswer<AccountGrant>.Ok>(await Complete(session: null)).Value;
        Assert.Equal("amex •••• 0005", grant.DisplayName);
        Assert.DoesNotContain("cus_1", new ProviderAnswer<AccountGrant>.Ok(grant).ToString(), StringComparison.Ordinal);
        Assert.True(attached);

        Assert.Equal(FailureCode.CardSchemeNotSupported, Assert.IsType<ProviderAnswer<AccountGrant>.Refused>(await Complete("seti_1")).Code);
        Assert.False(attached);

        // The same notification once more does not bring a detached card back.
        Assert.Equal(FailureCode.AccountNotUsable, Assert.IsType<ProviderAnswer<AccountGrant>.Refused>(await Complete(session: null)).Code);
    }
}
