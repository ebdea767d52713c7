using System.Globalization;
using System.Numerics;

namespace PaymentOrchestrator.FaultTests.Checking;

/// <summary>
/// Compares what four sides say. Pure, and deliberately a second opinion: it shares no code with the product, not even its arithmetic.
/// </summary>
internal static class Checker
{
    public static IReadOnlyList<Violation> Check(Observation seen) =>
    [
        .. Clients(seen), .. Prices(seen), .. Money(seen), .. Orders(seen), .. Refunds(seen), .. Books(seen), .. Events(seen), .. Ends(seen),
        .. seen.Proof.Where(check => check.Violations != 0).Select(check => Found(ViolationKind.ProofReports, $"{check.Check} counts {check.Violations}")),
    ];

    private static IEnumerable<Violation> Clients(Observation seen)
    {
        var payments = seen.Payments.ToDictionary(payment => payment.Id);
        var refunds = seen.Refunds.ToDictionary(refund => refund.Id);
        var keys = seen.Keys.ToLookup(key => (key.Buyer, key.Key), key => key.Resource);
        foreach (var request in seen.Requests)
        {
            foreach (var answer in request.Answers)
            {
                if (answer.Status >= 500 && !seen.MayFail && !IsAdvice(answer)) yield return Found(ViolationKind.ServerError, $"{request.Kind} {request.Key}: {answer.Status} {answer.Text}");
                if (request.Kind == RequestKind.Forgery && answer.Status < 400) yield return Found(ViolationKind.ForgeryAccepted, $"{request.Key}: {answer.Status}");
                if (answer.Id is not { } id) continue;
                var status = request.Kind == RequestKind.Refund ? refunds.GetValueOrDefault(id)?.Status : payments.GetValueOrDefault(id)?.Status;
                if (status is null) yield return Found(ViolationKind.AcknowledgedLost, $"{request.Kind} {request.Key} was answered with {id}");
                else if (!MayBecome(request.Kind, answer.State, status)) yield return Found(ViolationKind.StateLost, $"{id} was {answer.State} and is {status}");
            }

            if (request.Key is null || request.Kind == RequestKind.Forgery) continue;
            var ids = request.Answers.Select(answer => answer.Id).OfType<string>().Distinct().ToList();
            if (ids.Count > 1) yield return Found(ViolationKind.KeyNamesTwo, $"{request.Key} was answered with {string.Join(" and ", ids)}");
            // A cancellation of what was canceled already uses up no key.
            else if (ids.Count == 1 && request.Kind != RequestKind.Cancel && keys[(request.Buyer, request.Key)].SingleOrDefault() is var resource && !ids[0].Equals(NameOf(ids[0], resource), StringComparison.Ordinal))
                yield return Found(ViolationKind.KeyNamesTwo, $"{request.Key} was answered with {ids[0]} and stands for {resource}");
        }
    }

    /// <summary>503 is advice to come again where a provider did not show its facts: no defect, and no payment.</summary>
    private static bool IsAdvice(ClientAnswer answer) => answer is { Status: 503, Text: { } text } && text.Contains("facts_unavailable", StringComparison.Ordinal);

    private static string NameOf(string sameKind, Guid resource) => ObservationReader.Name(sameKind[..3], resource);

    /// <summary>Whether what a client saw can have become what is there now.</summary>
    private static bool MayBecome(RequestKind kind, string? seen, string now) => kind == RequestKind.Refund
        ? seen switch
        {
            "succeeded" => now is "succeeded" or "failed",
            "failed" => now == "failed",
            _ => true,
        }
        : seen switch
        {
            "succeeded" => now == "succeeded",
            "failed" or "canceled" => now == seen || now == "under_review",
            _ => true,
        };

    /// <summary>Amounts are recomputed with whole numbers from the decimals that the quote shows.</summary>
    private static IEnumerable<Violation> Prices(Observation seen)
    {
        foreach (var quote in seen.Quotes)
        {
            var source = quote.Customer is null ? quote.Order : Convert(quote.Order, quote.Exponent, quote.Customer);
            if (source != quote.Source) yield return Found(ViolationKind.PriceNotReproducible, $"{quote.Id}: source {quote.Source}, computed {source}");
            if (quote is { Mid: { } mid, Markup: { } markup } && quote.Source - Convert(quote.Order, quote.Exponent, mid) is var due && due != markup)
                yield return Found(ViolationKind.PriceNotReproducible, $"{quote.Id}: markup {markup}, computed {due}");
            var fee = quote.FeePercentage is null ? 0 : Percentage(quote.Source, quote.FeePercentage);
            if (fee != quote.Fee) yield return Found(ViolationKind.PriceNotReproducible, $"{quote.Id}: fee {quote.Fee}, computed {fee}");
            if (quote.Source + quote.Fee != quote.Total) yield return Found(ViolationKind.PriceNotReproducible, $"{quote.Id}: total {quote.Total} of {quote.Source} and {quote.Fee}");
        }
    }

    /// <summary>⌈order ÷ rate⌉ in the source currency's minor units.</summary>
    private static long Convert(long order, int exponent, string rate)
    {
        var (numerator, denominator) = Fraction(rate);
        var up = new BigInteger(order) * denominator * BigInteger.Pow(10, exponent);
        var down = numerator * 100;
        return (long)((up + down - 1) / down);
    }

    /// <summary>Half away from zero.</summary>
    private static long Percentage(long amount, string percentage)
    {
        var (numerator, denominator) = Fraction(percentage);
        return (long)(((amount * numerator * 2) + (denominator * 100)) / (denominator * 200));
    }

    private static (BigInteger Numerator, BigInteger Denominator) Fraction(string number)
    {
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : number.Length - point - 1;
        return (BigInteger.Parse(number.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), BigInteger.Pow(10, decimals));
    }

    private static IEnumerable<Violation> Money(Observation seen)
    {
        var byPayment = seen.Executions.Where(execution => !execution.IsRefund && execution.Operation != "refund_returned").ToLookup(execution => execution.Payment);
        var known = seen.Payments.Select(payment => payment.Id).ToHashSet();
        foreach (var stranger in byPayment.Where(group => group.Key is null || !known.Contains(group.Key)))
            yield return Found(ViolationKind.ExecutedWithoutIntent, $"{stranger.First().Provider} executed {stranger.First().RequestId} for {stranger.Key ?? "no payment"}");
        foreach (var payment in seen.Payments)
        {
            var debits = byPayment[payment.Id].Where(execution => execution.IsDebit).ToList();
            if (debits.Count > 1) yield return Found(ViolationKind.ExecutedTwice, $"{payment.Id} by {string.Join(" and ", debits.Select(debit => $"{debit.Provider} {debit.RequestId}"))}");
            var net = debits.Sum(debit => debit.Value) - byPayment[payment.Id].Where(execution => !execution.IsDebit).Sum(execution => execution.Value);
            switch (payment.Status)
            {
                case "succeeded" when net == 0:
                    yield return Found(ViolationKind.SucceededNotExecuted, payment.Id);
                    break;
                case "succeeded" when debits.Count == 1 && (net != payment.Total || debits[0].Currency != payment.Currency):
                    yield return Found(ViolationKind.AmountDiffers, $"{payment.Id} is {payment.Currency} {payment.Total}, {debits[0].Currency} {net} was taken");
                    break;
                case "failed" or "canceled" when net != 0:
                    yield return Found(ViolationKind.ExecutedNotRecorded, $"{payment.Id} is {payment.Status}, and {net} was taken");
                    break;
            }
        }
    }

    private static IEnumerable<Violation> Orders(Observation seen)
    {
        foreach (var twice in seen.Payments.GroupBy(payment => payment.Quote).Where(group => group.Count() > 1))
            yield return Found(ViolationKind.QuoteConsumedTwice, $"{twice.Key} by {string.Join(" and ", twice.Select(payment => payment.Id))}");
        // What is under review is in a person's hands: that one is told of, and counts when it is decided.
        foreach (var twice in seen.Payments.Where(payment => payment.Status == "succeeded").GroupBy(payment => (payment.Buyer, payment.OrderId)).Where(group => group.Count() > 1))
            yield return Found(ViolationKind.OrderPaidTwice, $"{twice.Key.OrderId} by {string.Join(" and ", twice.Select(payment => payment.Id))}");
    }

    private static IEnumerable<Violation> Refunds(Observation seen)
    {
        var byRefund = seen.Executions.Where(execution => execution.IsRefund || execution.Operation == "refund_returned").ToLookup(execution => execution.RequestId);
        var known = seen.Refunds.Select(refund => refund.Id).ToHashSet();
        foreach (var stranger in byRefund.Where(group => !known.Contains(group.Key)))
            yield return Found(ViolationKind.ExecutedWithoutIntent, $"{stranger.First().Provider} refunded {stranger.Key} of {stranger.First().Payment}");
        foreach (var refund in seen.Refunds)
        {
            var given = byRefund[refund.Id].Where(execution => execution.IsRefund).ToList();
            var net = given.Sum(execution => execution.Value) - byRefund[refund.Id].Where(execution => !execution.IsRefund).Sum(execution => execution.Value);
            if (given.Count > 1) yield return Found(ViolationKind.RefundExecutedTwice, refund.Id);
            switch (refund.Status)
            {
                case "succeeded" when net == 0:
                    yield return Found(ViolationKind.RefundSucceededNotExecuted, refund.Id);
                    break;
                case "succeeded" when given.Count == 1 && net != refund.Returned:
                    yield return Found(ViolationKind.AmountDiffers, $"{refund.Id} is {refund.Returned}, {net} was given back");
                    break;
                case "failed" when net != 0:
                    yield return Found(ViolationKind.RefundExecutedNotRecorded, $"{refund.Id} is failed, and {net} was given back");
                    break;
            }
        }

        var ofPayment = seen.Refunds.ToLookup(refund => refund.Payment);
        var moved = seen.Executions.Where(execution => execution.IsRefund || execution.Operation == "refund_returned").ToLookup(execution => execution.Payment);
        foreach (var payment in seen.Payments)
        {
            var counted = ofPayment[payment.Id].Where(refund => refund.Status != "failed").ToList();
            var (order, source, markup, fee) = (counted.Sum(refund => refund.Order), counted.Sum(refund => refund.Source), counted.Sum(refund => refund.Markup), counted.Sum(refund => refund.Fee));
            var given = moved[payment.Id].Sum(execution => execution.IsRefund ? execution.Value : -execution.Value);
            if (order > payment.Order || source > payment.Source || fee > payment.Fee || given > payment.Total)
                yield return Found(ViolationKind.RefundsExceedPayment, $"{payment.Id}: {order} of {payment.Order}, {source} + {fee} of {payment.Total}, provider {given}");
            var paidBack = counted.Where(refund => refund.Status == "succeeded").Sum(refund => refund.Order);
            if (paidBack != payment.Refunded) yield return Found(ViolationKind.RefundPartsDoNotAdd, $"{payment.Id} counts {payment.Refunded} as refunded, its refunds {paidBack}");
            if (counted.Count == 0 || order > payment.Order) continue;
            // Without a refund that failed the parts telescope: together they are the formula of their sum.
            var whole = order == payment.Order;
            var telescopes = whole || ofPayment[payment.Id].All(refund => refund.Status != "failed");
            if (telescopes && (source != Part(payment.Source, order, payment.Order) || markup != Part(payment.Markup, order, payment.Order)))
                yield return Found(ViolationKind.RefundPartsDoNotAdd, $"{payment.Id}: {order} of {payment.Order} came to {source} (markup {markup})");
        }
    }

    private static long Part(long total, long part, long whole) => (long)(new BigInteger(total) * part / whole);

    private static IEnumerable<Violation> Books(Observation seen)
    {
        foreach (var transaction in seen.Ledger.GroupBy(entry => (entry.Transaction, entry.Currency)).Where(group => group.Sum(entry => entry.Amount) != 0))
            yield return Found(ViolationKind.LedgerUnbalanced, $"{transaction.Key.Transaction} is off by {transaction.Sum(entry => entry.Amount)} {transaction.Key.Currency}");
        foreach (var stranger in seen.Ledger.Select(entry => entry.Payment).Distinct().Except(seen.Payments.Select(payment => payment.Id)))
            yield return Found(ViolationKind.LedgerDiffers, $"{stranger} has entries and is no payment");
        var books = seen.Ledger.ToLookup(entry => entry.Payment);
        var refunds = seen.Refunds.ToLookup(refund => refund.Payment);
        foreach (var payment in seen.Payments.Where(payment => payment.Status != "under_review" && refunds[payment.Id].All(refund => refund.Status != "under_review")))
        {
            var due = Due(payment, [.. refunds[payment.Id]]);
            var posted = books[payment.Id].GroupBy(entry => (entry.Account, entry.Currency)).ToDictionary(group => group.Key, group => group.Sum(entry => entry.Amount));
            foreach (var account in due.Keys.Union(posted.Keys).Where(account => due.GetValueOrDefault(account) != posted.GetValueOrDefault(account)))
                yield return Found(ViolationKind.LedgerDiffers, $"{payment.Id} ({payment.Status}): {account.Account} {account.Currency} is {posted.GetValueOrDefault(account)} and should be {due.GetValueOrDefault(account)}");
        }
    }

    /// <summary>What the books of a payment must come to.</summary>
    private static Dictionary<(string Account, string Currency), long> Due(PaymentFact payment, IReadOnlyList<RefundFact> refunds)
    {
        var due = new Dictionary<(string Account, string Currency), long>();
        void Leg(string account, string currency, long amount) => due[(account, currency)] = due.GetValueOrDefault((account, currency)) + amount;
        void Movement(int sign, long order, long source, long markup, long fee)
        {
            Leg("buyer_funds", payment.Currency, sign * (source + fee));
            Leg("fx_position", payment.Currency, -sign * (source - markup));
            Leg("markup_revenue", payment.Currency, -sign * markup);
            Leg("fee_revenue", payment.Currency, -sign * fee);
            Leg("fx_position", "CNY", sign * order);
            Leg("supplier_payable", "CNY", -sign * order);
        }

        if (payment.Status == "succeeded") Movement(1, payment.Order, payment.Source, payment.Markup, payment.Fee);
        foreach (var refund in refunds.Where(refund => refund.Status == "succeeded")) Movement(-1, refund.Order, refund.Source, refund.Markup, refund.Fee);
        if (payment.Settled)
        {
            Leg("supplier_payable", "CNY", payment.Order);
            Leg(payment.Method == "card" ? "platform_cny" : "provider_settlement", "CNY", -payment.Order);
        }

        return due;
    }

    private static IEnumerable<Violation> Events(Observation seen)
    {
        foreach (var twice in seen.Events.GroupBy(happened => (happened.Object, happened.Version)).Where(group => group.Count() > 1))
            yield return Found(ViolationKind.EventTwice, $"{twice.Key.Object} version {twice.Key.Version}: {string.Join(" and ", twice.Select(happened => happened.Type))}");
        var types = seen.Events.ToLookup(happened => happened.Object, happened => happened.Type);
        foreach (var (id, prefix, status, initial) in seen.Payments.Select(payment => (payment.Id, "payment", payment.Status, "processing"))
            .Concat(seen.Refunds.Select(refund => (refund.Id, "refund", refund.Status, "pending"))))
        {
            if (!types[id].Contains($"{prefix}.created")) yield return Found(ViolationKind.EventMissing, $"{id} has no {prefix}.created");
            if (status != initial && !types[id].Contains($"{prefix}.{status}")) yield return Found(ViolationKind.EventMissing, $"{id} is {status} and has no {prefix}.{status}");
            if (types[id].Count(type => type == $"{prefix}.succeeded") > 1) yield return Found(ViolationKind.EventTwice, $"{id} has succeeded more than once");
        }

        foreach (var payment in seen.Payments.Where(payment => !types[payment.Quote].Contains("quote.consumed")))
            yield return Found(ViolationKind.EventMissing, $"{payment.Quote} was consumed by {payment.Id} and has no quote.consumed");
        foreach (var payment in seen.Payments.Where(payment => payment.Settled && !types[payment.Id].Contains("payment.settled")))
            yield return Found(ViolationKind.EventMissing, $"{payment.Id} is settled and has no payment.settled");
        if (seen.Delivered is not { } delivered) yield break;
        foreach (var happened in seen.Events.Where(happened => !delivered.Contains(happened.Id)))
            yield return Found(ViolationKind.DeliveryMissing, $"{happened.Type} of {happened.Object}");
    }

    private static IEnumerable<Violation> Ends(Observation seen) =>
        seen.Payments.Where(payment => payment.IsOpen).Select(payment => Found(ViolationKind.Stuck, $"{payment.Id} is {payment.Status}"))
            .Concat(seen.Refunds.Where(refund => refund.Status == "pending").Select(refund => Found(ViolationKind.Stuck, $"{refund.Id} is pending")));

    private static Violation Found(ViolationKind kind, string text) => new(kind, text);
}
