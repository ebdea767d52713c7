using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

public sealed class AntGatewayTests : IAsyncLifetime
{
    private const string Done =
        """{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"ok"},"transferId":"T1","transferRequestId":"att_1","transferFromAmount":{"currency":"USD","value":"18142"},"transferToAmount":{"currency":"CNH","value":"123456"}}""";

    private static readonly AccountCredential Account = new("C1", """{"access_token":"token-of-the-buyer","refresh_token":"r"}""");

    internal static readonly Debit Debit = new(
        "att_1", "pay_1", PaymentMethod.WorldPay, "byr_1", "order-1", new Money(Currency.Cny, 123456), new Money(Currency.Usd, 18142),
        "q1", Account, new Uri("https://api.example/v1/returns/worldfirst"));

    private ScriptedProvider provider = null!;

    public async ValueTask InitializeAsync() => provider = await ScriptedProvider.StartAsync();

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    [Fact]
    public async Task A_debit_is_signed_over_its_bytes_and_the_order_goes_out_in_CNH_and_comes_back_in_CNY()
    {
        provider.AnswerAnt(Done);
        var outcome = await provider.Set.WorldFirst!.DebitAsync(Debit, CancellationToken.None);

        Assert.Equal(new DebitOutcome.Succeeded("T1", new Money(Currency.Usd, 18142), new Money(Currency.Cny, 123456)), outcome);
        var request = Assert.Single(provider.Requests);
        Assert.Equal("/amsin/api/v1/business/fund/createTransfer", request.Path);
        Assert.Equal("token-of-the-buyer", request.Headers["Access-Token"]);
        Assert.Contains(", keyVersion=2, ", request.Headers["Signature"], StringComparison.Ordinal);
        Assert.DoesNotContain("traceparent", request.Headers.Keys);
        Assert.True(AntSignature.Verify(
            AntKey.ParsePublic(Vectors.PublicKey), request.Headers["Signature"], "POST", request.Path, "WF_CLIENT",
            request.Headers["Request-Time"], Encoding.UTF8.GetBytes(request.Body)));
        var body = JsonDocument.Parse(request.Body).RootElement;
        Assert.Equal(("att_1", "WORLD_PAY", "q1", "pay_1"), (body.Text("transferRequestId"), body.Text("productCode"), body.Text("quoteId"), body.Text("transferMemo")));
        Assert.Equal("""{"currency":"CNH","value":"123456"}""", body.GetProperty("transferToAmount").GetRawText());
        Assert.Equal("""{"currency":"USD","value":"18142"}""", body.GetProperty("transferFromAmount").GetRawText());
    }

    [Fact]
    public async Task What_the_provider_says_it_moved_is_passed_on_even_if_it_is_not_what_was_asked()
    {
        provider.AnswerAnt(Done.Replace("18142", "18143", StringComparison.Ordinal).Replace("CNH", "HKD", StringComparison.Ordinal));
        Assert.Equal(
            new DebitOutcome.Succeeded("T1", new Money(Currency.Usd, 18143), new Money(Currency.Parse("HKD"), 123456)),
            await provider.Set.WorldFirst!.DebitAsync(Debit, CancellationToken.None));
    }

    [Fact]
    public async Task An_answer_counts_only_with_its_signature_and_its_time()
    {
        provider.AnswerPlain(200, Done);
        await AssertUnknown("not signed");
        provider.Answer = context => ScriptedProvider.WriteAnt(context, Done, Done + " ");
        await AssertUnknown("does not verify");
        provider.Answer = context => ScriptedProvider.WriteAnt(context, Done, Done, "ANOTHER");
        await AssertUnknown("does not verify");
        provider.Answer = async context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Remove("response-time");
                return Task.CompletedTask;
            });
            await ScriptedProvider.WriteAnt(context, Done, Done);
        };
        await AssertUnknown("not signed");
    }

    [Fact]
    public async Task A_success_that_names_another_request_is_passed_on_as_one_of_another_request()
    {
        provider.AnswerAnt(Done.Replace("att_1", "att_2", StringComparison.Ordinal));
        Assert.True(Assert.IsType<DebitOutcome.Succeeded>(await provider.Set.WorldFirst!.DebitAsync(Debit, CancellationToken.None)).OfAnotherRequest);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"result":{"resultStatus":"X","resultCode":"SUCCESS"}}""")]
    [InlineData("""{"result":{"resultStatus":"S","resultCode":"SUCCESS"}}""")]
    [InlineData("""{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"transferId":"T1","transferFromAmount":{"currency":"USD","value":"1"},"transferToAmount":{"currency":"CNH","value":"1"}}""")]
    [InlineData("""{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"transferId":"T1","transferRequestId":"att_1","transferFromAmount":{"currency":"USD","value":"-1"},"transferToAmount":{"currency":"CNH","value":"1"}}""")]
    [InlineData("""{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"transferId":"T1","transferRequestId":"att_1","transferFromAmount":{"currency":"USD","value":"1.0"},"transferToAmount":{"currency":"CNH","value":"1"}}""")]
    [InlineData("""{"result":{"resultStatus":"S","resultCode":"MAYBE"},"transferId":"T1"}""")]
    [InlineData("""{"result":{"resultStatus":"U","resultCode":"UNKNOWN_EXCEPTION"}}""")]
    [InlineData("""{"result":{"resultStatus":"F","resultCode":"REPEAT_REQ_INCONSISTENT"}}""")]
    [InlineData("""{"result":{"resultStatus":"F","resultCode":"INVALID_SIGNATURE"}}""")]
    [InlineData("""{"result":{"resultStatus":"F","resultCode":"ACCESS_DENIED"}}""")]
    [InlineData("""{"result":{"resultStatus":"F","resultCode":"PARAM_ILLEGAL"}}""")]
    [InlineData("""{"result":{"resultStatus":"F","resultCode":"BALANCE_NOT_ENOUGH"},"transferRequestId":"att_2"}""")]
    [InlineData("""{"result":{"resultStatus":"S","resultCode":"PROCESSING"},"transferId":"T1","transferRequestId":"att_2"}""")]
    public async Task A_signed_answer_that_decides_nothing_leaves_the_debit_unknown(string body)
    {
        provider.AnswerAnt(body);
        await AssertUnknown("");
    }

    [Theory]
    [InlineData("BALANCE_NOT_ENOUGH", FailureCode.InsufficientBalance, false)]
    [InlineData("QUOTE_EXPIRED", FailureCode.QuoteExpiredAtProvider, true)]
    [InlineData("INVALID_TOKEN", FailureCode.AuthorizationExpired, false)]
    [InlineData("RISK_REJECT", FailureCode.RiskRejected, false)]
    [InlineData("SOMETHING_NEW", FailureCode.ProviderRefused, false)]
    public async Task A_refusal_is_told_in_our_words(string code, string ours, bool retryable)
    {
        provider.AnswerAnt($$"""{"result":{"resultStatus":"F","resultCode":"{{code}}"} }""");
        var refused = Assert.IsType<DebitOutcome.Refused>(await provider.Set.WorldFirst!.DebitAsync(Debit, CancellationToken.None));
        Assert.Equal((ours, retryable), (refused.Code, refused.Retryable));
    }

    [Fact]
    public async Task A_transfer_in_process_is_pending_whichever_status_says_so()
    {
        foreach (var (status, code) in new[] { ("S", "PROCESSING"), ("U", "PAYMENT_IN_PROCESS") })
        {
            provider.AnswerAnt($$"""{"result":{"resultStatus":"{{status}}","resultCode":"{{code}}"},"transferId":"T1"}""");
            Assert.Equal(new DebitOutcome.Pending("T1", null), await provider.Set.WorldFirst!.DebitAsync(Debit, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_debit_is_sent_once_and_an_inquiry_again()
    {
        provider.AnswerPlain(503, "");
        await AssertUnknown("HTTP 503");
        Assert.Single(provider.Requests);

        provider.Requests.Clear();
        Assert.IsType<DebitOutcome.Unknown>(await provider.Set.WorldFirst!.InquireAsync(Debit, CancellationToken.None));
        Assert.Equal(3, provider.Requests.Count);

        provider.Requests.Clear();
        Assert.IsType<ProviderAnswer<MidRate>.Unknown>(
            await provider.Set.WorldFirst!.MidAsync(Currency.Usd, Debit.Order, TestContext.Current.CancellationToken));
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task A_body_that_breaks_off_a_redirect_and_an_endless_answer_are_unknown()
    {
        provider.Answer = async context =>
        {
            context.Response.ContentLength = Done.Length + 100;
            await context.Response.WriteAsync(Done);
            context.Abort();
        };
        await AssertUnknown("");
        Assert.Single(provider.Requests);

        provider.Requests.Clear();
        provider.Answer = context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        };
        await AssertUnknown("HTTP 307");
        Assert.Single(provider.Requests);

        provider.AnswerPlain(200, new string(' ', 2 * 1024 * 1024));
        await AssertUnknown("too long");
    }

    [Fact]
    public async Task An_inquiry_knows_only_the_status_of_the_transfer()
    {
        provider.AnswerAnt(Done.Replace("\"transferId\"", "\"transferStatus\":\"SUCCESS\",\"transferId\"", StringComparison.Ordinal));
        Assert.IsType<DebitOutcome.Succeeded>(await provider.Set.WorldFirst!.InquireAsync(Debit, CancellationToken.None));

        // The inquiry itself succeeded; the transfer may not have.
        provider.AnswerAnt(Done);
        Assert.IsType<DebitOutcome.Unknown>(await provider.Set.WorldFirst!.InquireAsync(Debit, CancellationToken.None));

        provider.AnswerAnt("""{"result":{"resultStatus":"F","resultCode":"ORDER_NOT_EXIST"}}""");
        Assert.IsType<DebitOutcome.NotFound>(await provider.Set.WorldFirst!.InquireAsync(Debit, CancellationToken.None));

        // A revoked token refuses the question and not the debit.
        provider.AnswerAnt("""{"result":{"resultStatus":"F","resultCode":"INVALID_TOKEN"}}""");
        Assert.IsType<DebitOutcome.Unknown>(await provider.Set.WorldFirst!.InquireAsync(Debit, CancellationToken.None));
    }

    [Fact]
    public async Task Reading_facts_stops_when_the_caller_says_so()
    {
        provider.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.Set.WorldFirst!.ReadFactsAsync(Account, null, patience.Token));
    }

    [Fact]
    public async Task A_price_counts_only_as_a_guaranteed_one_for_this_very_order()
    {
        const string quote =
            """{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"quote":{"quoteId":"q1","quoteCurrencyPair":"USD/CNH","quotePrice":"6.832163643","quoteStartTime":"2026-04-13T08:00:00Z","quoteExpiryTime":"2026-04-13T08:30:00Z","guaranteed":"true"},"sell":{"currency":"USD","value":"18070"},"buy":{"currency":"CNH","value":"123456"}}""";
        async Task<ProviderAnswer<MidRate>> Mid(string body)
        {
            provider.AnswerAnt(body);
            return await provider.Set.WorldFirst!.MidAsync(Currency.Usd, Debit.Order, TestContext.Current.CancellationToken);
        }

        var mid = Assert.IsType<ProviderAnswer<MidRate>.Ok>(await Mid(quote)).Value;
        Assert.Equal(new ExchangeRate(Currency.Usd, Currency.Cny, 6.832163643m), mid.Rate);
        Assert.Equal(("worldfirst", "q1", DateTimeOffset.Parse("2026-04-13T08:30:00Z", null)), (mid.Source, mid.ProviderQuoteId, mid.GuaranteedUntil));
        Assert.Contains("""sell":{"currency":"USD"},"buy":{"currency":"CNH","value":"123456"}""", provider.Requests.Single().Body, StringComparison.Ordinal);

        foreach (var (from, to) in new[] { ("USD/CNH", "CNH/USD"), ("123456", "123455"), ("\"true\"", "\"false\""), ("6.832163643", "0"), ("6.832163643", "6,83") })
            Assert.IsType<ProviderAnswer<MidRate>.Unknown>(await Mid(quote.Replace(from, to, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Renminbi_of_the_buyer_is_at_par_and_asks_nobody()
    {
        var answer = await provider.Set.WorldFirst!.MidAsync(Currency.Cnh, Debit.Order, TestContext.Current.CancellationToken);
        var mid = Assert.IsType<ProviderAnswer<MidRate>.Ok>(answer).Value;
        Assert.Equal((1m, "par", null), (mid.Rate.Value, mid.Source, mid.ProviderQuoteId));
        Assert.Empty(provider.Requests);
    }

    private async Task AssertUnknown(string reason)
    {
        var unknown = Assert.IsType<DebitOutcome.Unknown>(await provider.Set.WorldFirst!.DebitAsync(Debit, CancellationToken.None));
        Assert.Contains(reason, unknown.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("token-of-the-buyer", unknown.Reason, StringComparison.Ordinal);
    }
}
