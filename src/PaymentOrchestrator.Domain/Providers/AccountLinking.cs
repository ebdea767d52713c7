namespace PaymentOrchestrator.Domain;

/// <summary>Links buyers' accounts at one provider. Implemented once per provider.</summary>
public interface IAccountLinker
{
    LinkProvider Provider { get; }

    /// <summary>Begins a linking: either the provider's page for the buyer, or the finished grant.</summary>
    Task<ProviderAnswer<LinkStart>> StartAsync(LinkRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a linking with what the provider sent along when it sent the buyer back (its query parameters), or in a verified notification.
    /// A consent that the buyer refused is <see cref="FailureCode.ConsentRefused"/>.
    /// </summary>
    Task<ProviderAnswer<AccountGrant>> CompleteAsync(LinkCompletion completion, CancellationToken cancellationToken);

    /// <summary>Takes the authorisation back at the provider. Ok when it is gone, also if it was gone before.</summary>
    Task<ProviderAnswer<bool>> RevokeAsync(AccountCredential credential, CancellationToken cancellationToken);
}

/// <param name="BuyerId">Our buyer, told to the provider as its reference.</param>
/// <param name="ReturnUrl">Ours: where the provider sends the buyer back to, without the state.</param>
/// <param name="State">Single-use secret that comes back with the buyer; 43 URL-safe characters.</param>
/// <param name="Login">1688 only: <c>alipay</c> or <c>password</c>.</param>
/// <param name="PaymentMethod">Card only: the acquirer's token of a card; null sends the buyer to the acquirer's page.</param>
/// <param name="Parent">Mainland bank only: the Alipay account to bind it to.</param>
public sealed record LinkRequest(string BuyerId, Uri ReturnUrl, string State, string? Login, string? PaymentMethod, AccountCredential? Parent);

/// <summary>The beginning of a linking.</summary>
public abstract record LinkStart
{
    private LinkStart() { }

    /// <param name="Url">The provider's page for the buyer.</param>
    /// <param name="Session">What the adapter needs again at the end (a hosted page's id); null if nothing.</param>
    public sealed record Redirect(Uri Url, string? Session) : LinkStart;

    /// <summary>Linked at once, without a page.</summary>
    public sealed record Granted(AccountGrant Grant) : LinkStart;
}

/// <param name="Parameters">The query parameters of the buyer's return, or the fields of a verified notification under the same names.</param>
/// <param name="ReturnUrl">The same as at the start.</param>
/// <param name="Session">The same as at the start.</param>
/// <param name="Parent">The same as at the start.</param>
public sealed record LinkCompletion(IReadOnlyDictionary<string, string> Parameters, Uri ReturnUrl, string? Session, AccountCredential? Parent);

/// <summary>An account that a provider lets us use.</summary>
/// <param name="ProviderAccountId">The provider's id of it, not secret.</param>
/// <param name="DisplayName">For people, masked: <c>visa •••• 4242</c>.</param>
/// <param name="Secret">Whatever the adapter needs to act on it, as text; encrypted before it is stored, never logged.</param>
/// <param name="ExpiresAt">When the secret ends; null if it does not.</param>
public sealed record AccountGrant(string ProviderAccountId, string DisplayName, string Secret, DateTimeOffset? ExpiresAt)
{
    /// <summary>Names the account and hides the secret.</summary>
    public override string ToString() => $"{ProviderAccountId} (secret)";
}

/// <summary>A stored grant, decrypted for one call.</summary>
public sealed record AccountCredential(string ProviderAccountId, string Secret)
{
    /// <summary>Names the account and hides the secret.</summary>
    public override string ToString() => $"{ProviderAccountId} (secret)";
}
