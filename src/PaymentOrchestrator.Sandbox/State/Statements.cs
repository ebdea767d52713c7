using System.Globalization;
using System.Text;

namespace PaymentOrchestrator.Sandbox.State;

/// <summary>One line of a provider's statement. The reference is the provider's own id of the movement.</summary>
internal sealed record StatementLine(
    long ExecutionId, string Type, string Reference, string RequestId, string? Payment, string Currency, long Value, DateTime At);

/// <summary>A provider's statement, made of what was executed.</summary>
internal static class Statements
{
    public const string Header = "type,provider_reference,request_id,payment_id,currency,amount,occurred_at";

    public static Task<IReadOnlyList<StatementLine>> List(Tx tx, string provider, DateTime from, DateTime to, long after, int limit) => tx.List<StatementLine>(
        """
        select e.execution_id as executionid,
            case e.operation when 'refund' then 'refund' when 'refund_returned' then 'refund_reversal' when 'cancel' then 'payment_reversal'
                when 'dispute' then 'dispute' when 'dispute_reversal' then 'dispute_reversal' else 'payment' end as type,
            coalesce(d.reference, r.reference, i.id, f.id, e.request_id) as reference,
            case when e.operation in ('dispute', 'dispute_reversal') then '' else e.request_id end as requestid, e.payment, e.currency, e.value, e.at
        from executions e
            left join debit_requests d on d.provider = e.provider and d.request_id = e.request_id
            left join refund_requests r on r.provider = e.provider and r.request_id = e.request_id
            left join card_objects i on e.operation = 'payment_intent' and i.kind = 'CardPaymentIntent' and i.buyer_id = e.buyer_id and i.data->>'RequestId' = e.request_id
            left join card_objects f on e.operation in ('refund', 'refund_returned') and f.kind = 'CardRefund' and f.buyer_id = e.buyer_id and f.data->>'RequestId' = e.request_id
        where e.provider = @provider and e.at >= @from and e.at < @to and e.execution_id > @after
        order by e.execution_id limit @limit
        """, new { provider, from, to, after, limit });

    public static string Csv(IEnumerable<StatementLine> lines)
    {
        var csv = new StringBuilder(Header).Append('\n');
        foreach (var line in lines)
        {
            // Times in milliseconds, rounded down as they were when the period was cut.
            csv.Append(CultureInfo.InvariantCulture, $"{line.Type},{Field(line.Reference)},{Field(line.RequestId)},{Field(line.Payment ?? "")},{line.Currency},{line.Value},");
            csv.Append(CultureInfo.InvariantCulture, $"{line.At:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\n");
        }

        return csv.ToString();
    }

    private static string Field(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
