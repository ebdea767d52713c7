using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>Customers; metadata buyer_id says whose cards theirs are.</summary>
internal static class Customers
{
    public static async Task<StripeReply> Create(StripeRequest request)
    {
        var customer = New(request.Metadata(), request.UnixNow) with
        {
            Email = request.Text("email"),
            Name = request.Text("name"),
            Description = request.Text("description"),
        };
        await CardStore.Add(request.Tx, customer);
        return StripeReply.Ok(CardJson.Of(customer));
    }

    public static CardCustomer New(Dictionary<string, string> metadata, long now) => new()
    {
        Id = Ids.New("cus_", 14),
        Created = now,
        Metadata = metadata,
        BuyerId = metadata.GetValueOrDefault("buyer_id") is { } id && BuyerId.IsWellFormed(id) ? id : null,
    };

    public static async Task<StripeReply> Retrieve(StripeRequest request) =>
        StripeReply.Ok(CardJson.Of(await CardStore.Find<CardCustomer>(request.Tx, request.RouteId)
            ?? throw StripeErrorException.NoSuch("customer", request.RouteId)));

    /// <summary>The customer that a parameter names; null if none is named.</summary>
    public static async Task<CardCustomer?> Named(StripeRequest request, bool required = false)
    {
        var id = required ? request.Required("customer") : request.Text("customer");
        return id is null ? null
            : await CardStore.Find<CardCustomer>(request.Tx, id) ?? throw StripeErrorException.NoSuch("customer", id, "customer");
    }
}
