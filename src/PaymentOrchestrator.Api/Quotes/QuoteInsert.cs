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
    private const string Sql = """
        insert into quotes (
            id, marketplace_id, mode, buyer_id, method, order_id, supplier_id, fixed_side, order_amount, source_currency, source_amount, mid, customer_rate,
            markup_bps, markup_amount, rate_source, rate_as_of, rate_stale, provider_quote_id, fees, total, fee_refundable, fee_schedule_id, buyer_ip,
            created_at, expires_at, rate_id, lock, session_id, shard_key)
        values (
            @id, @marketplace, @mode, @buyer, @method, @orderId, @supplierId, @fixedSide, @orderAmount, @sourceCurrency, @sourceAmount, @mid, @customer,
            @markupBps, @markupAmount, @rateSource, @rateAsOf, @rateStale, @providerQuoteId, @fees, @total, @feeRefundable, @feeScheduleId, @buyerIp,
            @now, @expiresAt, @rateId, @lock, @session, @shard)
        """;

    public static NpgsqlBatchCommand Of(Quote quote)
    {
        var price = quote.Price;
        return new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid>("id", quote.Id.Value),
                new NpgsqlParameter<int>("marketplace", quote.Owner.MarketplaceId),
                new NpgsqlParameter<string>("mode", quote.Owner.Mode.Code()),
                new NpgsqlParameter<Guid>("buyer", quote.BuyerId.Value),
                new NpgsqlParameter<string>("method", quote.Method.Code()),
                new NpgsqlParameter<string>("orderId", quote.OrderId),
                Optional("supplierId", NpgsqlDbType.Text, quote.SupplierId),
                new NpgsqlParameter<string>("fixedSide", quote.FixedSide),
                new NpgsqlParameter<long>("orderAmount", price.Order.Value),
                new NpgsqlParameter<string>("sourceCurrency", price.Source.Currency.Code),
                new NpgsqlParameter<long>("sourceAmount", price.Source.Value),
                Optional("mid", NpgsqlDbType.Numeric, price.Mid?.Rate.Value),
                Optional("customer", NpgsqlDbType.Numeric, price.Customer?.Value),
                new NpgsqlParameter<int>("markupBps", price.MarkupBps),
                new NpgsqlParameter<long>("markupAmount", price.Markup.Value),
                Optional("rateSource", NpgsqlDbType.Text, price.Mid?.Source),
                Optional("rateAsOf", NpgsqlDbType.TimestampTz, price.Mid?.AsOf.UtcDateTime),
                new NpgsqlParameter<bool>("rateStale", price.Mid?.Stale ?? false),
                Optional("providerQuoteId", NpgsqlDbType.Text, price.Mid?.ProviderQuoteId),
                new NpgsqlParameter<string>("fees", NpgsqlDbType.Jsonb) { TypedValue = ApiJson.Write(QuoteFees.Of(price.Fees)) },
                new NpgsqlParameter<long>("total", price.Total.Value),
                new NpgsqlParameter<bool>("feeRefundable", price.FeeRefundable),
                new NpgsqlParameter<string>("feeScheduleId", quote.FeeScheduleId),
                Optional("buyerIp", NpgsqlDbType.Text, quote.BuyerIp),
                new NpgsqlParameter<DateTime>("now", quote.CreatedAt.UtcDateTime),
                new NpgsqlParameter<DateTime>("expiresAt", quote.ExpiresAt.UtcDateTime),
                Optional("rateId", NpgsqlDbType.Uuid, price.Mid?.RateId),
                Optional("lock", NpgsqlDbType.Text, quote.Lock?.Code()),
                Optional("session", NpgsqlDbType.Uuid, quote.SessionId),
                new NpgsqlParameter<short>("shard", quote.Id.ShardKey),
            },
        };
    }

    private static NpgsqlParameter Optional(string name, NpgsqlDbType type, object? value) => new(name, type) { Value = value ?? DBNull.Value };
}
