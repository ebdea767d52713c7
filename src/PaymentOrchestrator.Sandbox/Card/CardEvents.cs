using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Notifications;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>Stripe's events: written where something happens, sent later, delivered at least once and in any order.</summary>
internal static class CardEvents
{
    public static JsonObject Event(string type, JsonObject subject, DateTimeOffset now) => new()
    {
        ["id"] = Ids.New("evt_"),
        ["object"] = "event",
        ["api_version"] = "2026-10-28.endive",
        ["created"] = now.ToUnixTimeSeconds(),
        ["data"] = new JsonObject { ["object"] = subject.DeepClone() },
        ["livemode"] = false,
        ["pending_webhooks"] = 1,
        ["request"] = new JsonObject { ["id"] = null, ["idempotency_key"] = null },
        ["type"] = type,
    };

    /// <summary><c>payment_intent.succeeded</c> and its siblings. An intent without a customer of ours is nobody's, and nobody is told.</summary>
    public static Task Of(Tx tx, string type, CardPaymentIntent intent, CardPaymentMethod? method) =>
        Add(tx, $"payment_intent.{type}", intent.BuyerId, CardJson.Of(intent, method));

    public static Task Of(Tx tx, string type, CardRefund refund) => Add(tx, $"refund.{type}", refund.BuyerId, CardJson.Of(refund));

    public static Task ChargeRefunded(Tx tx, CardPaymentIntent intent, CardPaymentMethod method) =>
        Add(tx, "charge.refunded", intent.BuyerId, CardJson.Charge(intent, method));

    /// <summary><c>charge.dispute.created</c> and its siblings.</summary>
    public static Task Of(Tx tx, string type, CardDispute dispute, IReadOnlyList<CardBalanceTransaction> moved) =>
        Add(tx, $"charge.dispute.{type}", dispute.BuyerId, CardJson.Of(dispute, moved));

    private static Task Add(Tx tx, string type, string? buyerId, JsonObject subject) => buyerId is null
        ? Task.CompletedTask
        : Outbox.Add(tx, new Notification(Providers.Card, type, buyerId, Event(type, subject, tx.Now)));
}
