using System.Text.Json;
using PaymentOrchestrator.Api.Tests.Disputes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Refunds;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Ledger;

/// <summary>The proof finds nothing in true books, and every error that the database's owner plants in them, down to one minor unit.</summary>
public sealed class ProofTests(TestSystem system)
{
    // $1 is the payment, $2 the refund; both succeeded.
    [Theory]
    [InlineData("update ledger_entries set amount = amount + 1 where (transaction_id, line) = (select id, 1 from ledger_transactions where cause_id = $1 and kind = 'payment')", "transactions_balance", "succeeded_payments_are_posted")]
    [InlineData("update ledger_entries set amount = amount - 1 where (transaction_id, line) = (select id, 2 from ledger_transactions where cause_id = $2)", "transactions_balance", "succeeded_refunds_are_posted")]
    [InlineData("update ledger_entries set amount = amount + sign(amount) where currency = 'CNY' and transaction_id = (select id from ledger_transactions where cause_id = $1 and kind = 'payment')", "succeeded_payments_are_posted")]
    [InlineData("update ledger_entries set amount = amount + sign(amount) where currency = 'CNY' and transaction_id = (select id from ledger_transactions where cause_id = $2)", "succeeded_refunds_are_posted")]
    [InlineData("update ledger_entries set account = 'markup_revenue' where account = 'fee_revenue' and transaction_id = (select id from ledger_transactions where cause_id = $1 and kind = 'payment')", "succeeded_payments_are_posted")]
    [InlineData("update ledger_entries set account = 'cash' where account = 'fee_revenue' and transaction_id = (select id from ledger_transactions where cause_id = $1 and kind = 'payment')", "accounts_are_in_the_chart", "succeeded_payments_are_posted")]
    [InlineData("delete from ledger_entries where transaction_id = (select id from ledger_transactions where cause_id = $1 and kind = 'payment')", "transactions_have_entries", "succeeded_payments_are_posted")]
    [InlineData("delete from ledger_transactions where cause_id = $2", "entries_have_transactions", "succeeded_refunds_are_posted")]
    [InlineData("update ledger_transactions set payment_id = $2 where cause_id = $1 and kind = 'payment'", "only_succeeded_payments_are_posted", "transactions_have_payments")]
    [InlineData("update ledger_transactions set cause_id = '00000000-0000-4000-8000-000000000001' where cause_id = $1 and kind = 'payment'", "only_succeeded_payments_are_posted", "succeeded_payments_are_posted")]
    [InlineData("update payments set markup_amount = markup_amount + 1 where id = $1", "succeeded_payments_are_posted")]
    [InlineData("update payments set settlement_status = case settlement_status when 'settled' then 'pending' else 'settled' end where id = $1", "settled_payments_are_posted")]
    [InlineData("update payments set amount_refunded = amount_refunded - 1 where id = $1", "amount_refunded_is_what_succeeded")]
    [InlineData("update payments set status = 'failed' where id = $1", "live_payments_hold_their_orders", "only_succeeded_payments_are_posted", "refunds_belong_to_succeeded_payments")]
    [InlineData("update refunds set status = 'failed' where id = $2", "amount_refunded_is_what_succeeded", "only_succeeded_refunds_are_posted")]
    [InlineData("update refunds set source_amount = source_amount + 1 where id = $2", "succeeded_refunds_are_posted")]
    [InlineData("insert into refunds select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'status', 'pending', 'order_amount', 1229568))).* from refunds r where r.id = $2", "refunds_stay_within_the_payment")]
    [InlineData("insert into refunds select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'status', 'pending', 'order_amount', 1229567))).* from refunds r where r.id = $2", "refunds_stay_within_the_payment")]
    [InlineData("update ledger_entries set account = 'suspense' where account = 'fee_revenue' and transaction_id = (select id from ledger_transactions where cause_id = $1 and kind = 'payment')", "succeeded_payments_are_posted", "suspense_is_under_review")]
    [InlineData("delete from live_payments where payment_id = $1", "live_payments_hold_their_orders")]
    [InlineData("update live_payments set payment_id = $2 where payment_id = $1", "live_payments_hold_their_orders")]
    public async Task A_planted_error_is_found(string plant, params string[] checks)
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var payment = await system.PaidAsync(api);
        var refund = (await api.RefundAsync(payment.Id, 5_000)).Must(201);
        Assert.Empty(Broken((await api.GetAsync("/v1/ledger/proof")).Must(200)));

        // Each statement names what it needs of the two, so that both have a type.
        await system.Database.ExecuteAsync(
            plant.Replace("$1", $"'{Database.Uuid(payment.Id)}'", StringComparison.Ordinal).Replace("$2", $"'{Database.Uuid(refund.Id)}'", StringComparison.Ordinal));

        var proof = (await api.GetAsync("/v1/ledger/proof")).Must(200);
        Assert.Equal(checks.Order(), Broken(proof).Order());
        Assert.NotEqual("0", proof["violations"]);
    }

    [Fact]
    public async Task Every_check_is_seen_to_fail()
    {
        var planted = new[] { typeof(ProofTests).GetMethod(nameof(A_planted_error_is_found))!, typeof(DisputeTests).GetMethod(nameof(DisputeTests.The_proof_finds_a_planted_error_in_a_disputes_legs))! }
            .SelectMany(test => test.GetCustomAttributes(typeof(InlineDataAttribute), false))
            .Cast<InlineDataAttribute>().SelectMany(attribute => attribute.Data.Skip(1)).Cast<string>().ToHashSet();

        var proof = (await (await system.NewMarketplaceAsync()).Test.GetAsync("/v1/ledger/proof")).Must(200);

        Assert.Equal(proof.At("checks").EnumerateArray().Select(Name).Order(), planted.Order());
    }

    [Fact]
    public async Task Books_are_right_at_every_moment_while_money_moves()
    {
        var api = (await system.NewMarketplaceAsync()).Test;
        var payments = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => system.PaidAsync(api)));
        var moving = Task.WhenAll(payments.SelectMany(payment => Enumerable.Range(1, 15).Select(i => api.RefundAsync(payment.Id, 1_000 * i))));

        do Assert.Empty(Broken((await api.GetAsync("/v1/ledger/proof")).Must(200)));
        while (!moving.IsCompleted);

        Assert.All(await moving, answer => answer.Must(201));
        var proof = (await api.GetAsync("/v1/ledger/proof")).Must(200);
        Assert.Equal("0", proof["violations"]);
        Assert.InRange(proof.At("transactions").GetInt64(), 64, 68);
        Assert.InRange(proof.At("entries").GetInt64(), 320, 328);
    }

    private static IEnumerable<string> Broken(Answer proof) =>
        proof.At("checks").EnumerateArray().Where(check => check.GetProperty("violations").GetInt64() > 0).Select(Name);

    private static string Name(JsonElement check) => check.GetProperty("name").GetString()!;
}
