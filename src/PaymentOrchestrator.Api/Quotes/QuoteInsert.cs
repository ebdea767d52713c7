using Npgsql;
using NpgsqlTypes;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Quotes;

/// <summary>
/// Writes a quote as part of a batch. Several quotes are as many of these commands: one round trip, one commit, one prepared statement, and each
/// names its shard. (An insert from unnest would be one statement and, on Citus, no shard's own.)
/// </summary>
internal static class QuoteInsert
{
    // By position, in the order of the columns: of thirty names the driver would look for each in the text at every execution.
    private const string Sql = """
        insert into quotes (
            id, marketplace_id, mode, buyer_id, method, order_id, supplier_id, fixed_side, order_amount, source_currency, source_amount, mid, customer_rate,
            markup_bps, markup_amount, rate_source, rate_as_of, rate_stale, provider_quote_id, fees, total, fee_refundable, fee_schedule_id, buyer_ip,
            created_at, expires_at, rate_id, lock, session_id, shard_key)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)
        """;

    public static NpgsqlBatchCommand Of(Quote quote)
    {
        var price = quote.Price;
        return new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                Given(quote.Id.Value),
                Given(quote.Owner.MarketplaceId),
                Given(quote.Owner.Mode.Code()),
                Given(quote.BuyerId.Value),
                Given(quote.Method.Code()),
                Given(quote.OrderId),
                Optional(NpgsqlDbType.Text, quote.SupplierId),
                Given(quote.FixedSide),
                Given(price.Order.Value),
                Given(price.Source.Currency.Code),
                Given(price.Source.Value),
                Optional(NpgsqlDbType.Numeric, price.Mid?.Rate.Value),
                Optional(NpgsqlDbType.Numeric, price.Customer?.Value),
                Given(price.MarkupBps),
                Given(price.Markup.Value),
                Optional(NpgsqlDbType.Text, price.Mid?.Source),
                Optional(NpgsqlDbType.TimestampTz, price.Mid?.AsOf.UtcDateTime),
                Given(price.Mid?.Stale ?? false),
                Optional(NpgsqlDbType.Text, price.Mid?.ProviderQuoteId),
                Optional(NpgsqlDbType.Jsonb, ApiJson.Write(QuoteFees.Of(price.Fees))),
                Given(price.Total.Value),
                Given(price.FeeRefundable),
                Given(quote.FeeScheduleId),
                Optional(NpgsqlDbType.Text, quote.BuyerIp),
                Given(quote.CreatedAt.UtcDateTime),
                Given(quote.ExpiresAt.UtcDateTime),
                Optional(NpgsqlDbType.Uuid, price.Mid?.RateId),
                Optional(NpgsqlDbType.Text, quote.Lock?.Code()),
                Optional(NpgsqlDbType.Uuid, quote.SessionId),
                Given(quote.Id.ShardKey),
            },
        };
    }

    private static NpgsqlParameter<T> Given<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter Optional(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
