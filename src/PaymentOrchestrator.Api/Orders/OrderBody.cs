using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Orders;

/// <summary>The marketplace's order.</summary>
public sealed record OrderBody
{
    /// <summary>The order's id at the marketplace, 1–64 characters.</summary>
    public required string Id { get; init; }

    /// <summary>What the supplier is to get, in CNY.</summary>
    public Amount? Amount { get; init; }

    /// <summary>The supplier's id at the marketplace, 1–64 characters.</summary>
    public string? SupplierId { get; init; }

    internal void Validate(FieldErrors errors, bool amountNeeded = true)
    {
        errors.Text("order.id", Id, 64);
        errors.Text("order.supplier_id", SupplierId, 64);
        if (Amount is null && amountNeeded) errors.Add("order.amount", "required", "order.amount is required.");
        errors.Positive("order.amount", Amount, Currency.Cny);
    }
}
