using System.Text.Json;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>The acquirer's objects as documents: they are read and written whole, and found by four columns.</summary>
internal static class CardStore
{
    public static Task Add<T>(Tx tx, T item) where T : CardObject => tx.Execute(
        """
        insert into card_objects (id, kind, customer_id, buyer_id, parent_id, data)
        values (@Id, @kind, @Customer, @BuyerId, @ParentId, @data::jsonb)
        """, Row(item));

    public static Task Save<T>(Tx tx, T item) where T : CardObject => tx.Execute(
        """
        update card_objects set customer_id = @Customer, buyer_id = @BuyerId, parent_id = @ParentId, data = @data::jsonb
        where id = @Id and kind = @kind
        """, Row(item));

    public static async Task<T?> Find<T>(Tx tx, string id) where T : CardObject => Read<T>(await tx.Find<string>(
        "select data::text from card_objects where id = @id and kind = @kind", new { id, kind = typeof(T).Name }));

    /// <summary>The object with its row locked, so that two changes of it follow each other.</summary>
    public static async Task<T?> Lock<T>(Tx tx, string id) where T : CardObject => Read<T>(await tx.Find<string>(
        "select data::text from card_objects where id = @id and kind = @kind for update", new { id, kind = typeof(T).Name }));

    /// <summary>Newest first, as Stripe lists.</summary>
    public static async Task<IReadOnlyList<T>> List<T>(Tx tx, string? customer = null, string? buyerId = null, string? parentId = null)
        where T : CardObject => [.. (await tx.List<string>(
        """
        select data::text from card_objects
        where kind = @kind and (@customer::text is null or customer_id = @customer)
            and (@buyerId::text is null or buyer_id = @buyerId) and (@parentId::text is null or parent_id = @parentId)
        order by sequence desc
        """, new { kind = typeof(T).Name, customer, buyerId, parentId })).Select(data => Read<T>(data)!)];

    /// <summary>Newest first, of a time in Unix seconds; what comes after the id in that order.</summary>
    public static async Task<IReadOnlyList<T>> ListCreated<T>(Tx tx, long from, long before, string? after, int limit)
        where T : CardObject => [.. (await tx.List<string>(
        """
        select data::text from card_objects
        where kind = @kind and (data->>'Created')::bigint >= @from and (data->>'Created')::bigint < @before
            and (@after::text is null or sequence < (select sequence from card_objects where id = @after))
        order by sequence desc limit @limit
        """, new { kind = typeof(T).Name, from, before, after, limit })).Select(data => Read<T>(data)!)];

    private static object Row<T>(T item) where T : CardObject =>
        new { item.Id, kind = typeof(T).Name, item.Customer, item.BuyerId, item.ParentId, data = JsonSerializer.Serialize(item) };

    private static T? Read<T>(string? data) where T : CardObject => data is null ? null : JsonSerializer.Deserialize<T>(data);
}
