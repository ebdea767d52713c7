using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Alipay;

/// <summary>
/// Adds a mainland bank card to a linked Alipay account. The scope is modelled: in public, buyers do this inside Alipay alone.
/// </summary>
internal sealed class AlipayBankCardLinker(AlipayConsents consents) : IAccountLinker
{
    public LinkProvider Provider => LinkProvider.MainlandBank;

    public async Task<ProviderAnswer<LinkStart>> StartAsync(LinkRequest request, CancellationToken cancellationToken)
    {
        var parent = request.Parent ?? throw new ArgumentException("A bank card is linked through an Alipay account.", nameof(request));
        return await consents.ConsultAsync(request, "BIND_BANK_CARD", OAuthSecret.Of(parent).AccessToken, cancellationToken);
    }

    public async Task<ProviderAnswer<AccountGrant>> CompleteAsync(LinkCompletion completion, CancellationToken cancellationToken)
    {
        switch (await consents.RedeemAsync(completion, cancellationToken))
        {
            case ProviderAnswer<ApplyTokenAnswer>.Ok { Value.BankCardId: { Length: > 0 } card }:
                // Nothing is ever asked of the card itself, so there is no secret: Alipay draws on it by its own rules.
                return new ProviderAnswer<AccountGrant>.Ok(new AccountGrant(card, $"bank card {ProviderText.Mask(card)}", "{}", null));
            case ProviderAnswer<ApplyTokenAnswer>.Refused refused:
                return new ProviderAnswer<AccountGrant>.Refused(refused.Code, refused.Message);
            case ProviderAnswer<ApplyTokenAnswer>.Unknown unknown:
                return new ProviderAnswer<AccountGrant>.Unknown(unknown.Reason);
            default:
                return new ProviderAnswer<AccountGrant>.Unknown("The answer names no bank card.");
        }
    }

    /// <summary>We hold no authorisation on the card that could be taken back; the buyer removes it inside Alipay.</summary>
    public Task<ProviderAnswer<bool>> RevokeAsync(AccountCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult<ProviderAnswer<bool>>(new ProviderAnswer<bool>.Ok(true));
}
