namespace PaymentOrchestrator.Api.Retention;

/// <summary>A table whose rows end by age. Its ids begin with the time they were made at, so a stretch of time is a stretch of its key and needs no index.</summary>
/// <param name="Name">Of the mark that says how far it was cleared.</param>
/// <param name="Age">From when a row was made to its end.</param>
/// <param name="Find">
/// The next rows in their order, whether they may go or not: id, shard_key and a verdict, <c>ends</c>, <c>stays</c> (for good) or <c>later</c>.
/// Parameters: after (exclusive) and upto (exclusive), both ids; limit; now.
/// </param>
/// <param name="Delete">Statements that end rows of one shard: $1 is the shard key, $2 the ids. Each checks again what may have changed.</param>
internal sealed record EndingRows(string Name, TimeSpan Age, string Find, params string[] Delete)
{
    public static IReadOnlyList<EndingRows> Of(RetentionSettings settings) =>
    [
        // A quote that was used stays with its payment.
        new("quotes", settings.Quotes,
            Select("quotes", "case when payment_id is not null then 'stays' when expires_at > @now then 'later' else 'ends' end"),
            "delete from quotes where shard_key = $1 and id = any ($2) and payment_id is null"),
        new("eligibility_checks", settings.EligibilityChecks, Select("eligibility_checks", "'ends'"), "delete from eligibility_checks where shard_key = $1 and id = any ($2)"),
        new("payment_options", settings.PaymentOptions, Select("payment_options", "'ends'"), "delete from payment_options where shard_key = $1 and id = any ($2)"),

        // Found by their events, which they lie with and which never end before them. What is still to be sent stays until its event ends.
        new("webhook_deliveries", settings.Deliveries, Select("events", "'ends'"), "delete from webhook_deliveries where shard_key = $1 and event_id = any ($2) and status <> 'pending'"),
        new("events", settings.Events,
            Select("events", "case when dispatched_at is null then 'later' else 'ends' end"),
            "delete from webhook_deliveries where shard_key = $1 and event_id = any ($2)",
            "delete from events where shard_key = $1 and id = any ($2) and dispatched_at is not null"),
    ];

    private static string Select(string table, string verdict) =>
        $"select id, shard_key, {verdict} as verdict from {table} where id > @after and id < @upto order by id limit @limit;";
}
