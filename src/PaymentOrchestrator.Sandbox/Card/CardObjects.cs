namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>What the acquirer keeps. Times are Unix seconds as on the wire; amounts are in Stripe's minor units.</summary>
internal abstract record CardObject
{
    public required string Id { get; init; }

    public required long Created { get; init; }

    public Dictionary<string, string> Metadata { get; init; } = [];

    /// <summary>The customer that lists ask by.</summary>
    public string? Customer { get; init; }

    /// <summary>The platform's buyer, by the customer's metadata buyer_id.</summary>
    public string? BuyerId { get; init; }

    /// <summary>The payment intent of a refund.</summary>
    public virtual string? ParentId => null;
}

internal sealed record CardCustomer : CardObject
{
    public string? Email { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }
}

internal sealed record CardPaymentMethod : CardObject
{
    /// <summary>The test method that it was made from and behaves like.</summary>
    public required string Token { get; init; }

    public required string Brand { get; init; }

    /// <summary>Detached for good by the platform; such a method is never used again.</summary>
    public bool Detached { get; init; }

    /// <summary>The buyer took the card away (fact card.linked false): it reads without its customer until it comes back.</summary>
    public bool TakenAway { get; init; }

    /// <summary>False for a card that the buyer linked at the acquirer and of which the platform has not yet heard.</summary>
    public bool KnownToPlatform { get; init; } = true;

    public string? ShownCustomer => TakenAway || Detached ? null : Customer;
}

internal sealed record CardSetupIntent : CardObject
{
    public required string ClientSecret { get; init; }

    public required string Status { get; init; }

    public required string Usage { get; init; }

    public string? PaymentMethod { get; init; }

    public string? ReturnUrl { get; init; }

    public string? NextActionUrl { get; init; }

    public Decline? LastError { get; init; }
}

internal sealed record CardCheckoutSession : CardObject
{
    public required string SetupIntent { get; init; }

    public required string SuccessUrl { get; init; }

    public required string Url { get; init; }

    public required long ExpiresAt { get; init; }

    public required string Status { get; init; }

    public string? CancelUrl { get; init; }

    public string? ClientReferenceId { get; init; }
}

internal sealed record CardPaymentIntent : CardObject
{
    public required string ClientSecret { get; init; }

    public required string Status { get; init; }

    public required long Amount { get; init; }

    public required string Currency { get; init; }

    /// <summary>The Idempotency-Key of the request that last confirmed it, else its own id: how executions name it.</summary>
    public required string RequestId { get; init; }

    public string? Description { get; init; }

    public string? PaymentMethod { get; init; }

    public string? ReturnUrl { get; init; }

    public string? NextActionUrl { get; init; }

    public string? LatestCharge { get; init; }

    public Decline? LastError { get; init; }

    /// <summary>The method that the last decline was about.</summary>
    public string? LastErrorPaymentMethod { get; init; }

    public long AmountRefunded { get; init; }

    public long? CanceledAt { get; init; }

    public string? CancellationReason { get; init; }
}

internal sealed record CardRefund : CardObject
{
    public required string PaymentIntent { get; init; }

    public required string Charge { get; init; }

    public required long Amount { get; init; }

    public required string Currency { get; init; }

    public required string Status { get; init; }

    public required RefundCourse Course { get; init; }

    public required string RequestId { get; init; }

    public string? Reason { get; init; }

    public string? FailureReason { get; init; }

    public override string? ParentId => PaymentIntent;
}
