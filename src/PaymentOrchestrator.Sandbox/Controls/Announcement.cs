using System.Text.Json.Nodes;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Controls;

/// <summary>
/// Something that a buyer did at a provider's side and of which the platform must hear, with what is written down once it has.
/// </summary>
internal abstract record Announcement(string Path, Func<Tx, Task> MarkDelivered)
{
    /// <summary>How a problem names it.</summary>
    public abstract string Name { get; }

    /// <summary>WorldFirst and Alipay: notifyAuthorization, signed like a request.</summary>
    internal sealed record AntCode(string Provider, string Scope, string Code, string BuyerId, Func<Tx, Task> MarkDelivered)
        : Announcement($"/v1/provider-notifications/{Provider}", MarkDelivered)
    {
        public override string Name => $"{Provider} AUTHCODE_CREATED {Scope}";
    }

    /// <summary>1688: a message, signed with the app secret.</summary>
    internal sealed record MarketplaceMember(string Code, string Login, string MemberId, string BuyerId, Func<Tx, Task> MarkDelivered)
        : Announcement("/v1/provider-notifications/marketplace_1688", MarkDelivered)
    {
        public override string Name => "marketplace_1688 MEMBER_AUTHORIZED";
    }

    /// <summary>Card acquirer: a webhook event.</summary>
    internal sealed record CardSetup(JsonObject SetupIntent, Func<Tx, Task> MarkDelivered)
        : Announcement("/v1/provider-notifications/card", MarkDelivered)
    {
        public override string Name => "card setup_intent.succeeded";
    }
}
