namespace PaymentOrchestrator.Sandbox.Authorizations;

/// <summary>The providers that authorise by OAuth, and what a buyer can allow there.</summary>
internal static class Providers
{
    public const string WorldFirst = "worldfirst";
    public const string Alipay = "alipay";
    public const string Marketplace1688 = "marketplace_1688";
    public const string Card = "card";
}

internal static class Scopes
{
    /// <summary>Use of the account: at WorldFirst and 1688 there is nothing else to allow.</summary>
    public const string AgreementPay = "AGREEMENT_PAY";
    public const string BindBankCard = "BIND_BANK_CARD";
}

/// <summary>What a buyer allowed the platform; lives until it is revoked or its refresh token expires.</summary>
internal sealed record Grant(string GrantId, string Provider, string Scope, string BuyerId, string RefreshToken, DateTime RefreshExpiresAt);

/// <summary>A grant and the access token just made for it.</summary>
internal sealed record IssuedToken(Grant Grant, string AccessToken, DateTime ExpiresAt);

/// <summary>Outcome of handing in a code: closed, because each provider words the refusals differently.</summary>
internal abstract record CodeExchange
{
    private CodeExchange()
    {
    }

    public sealed record Issued(IssuedToken Token) : CodeExchange;

    /// <summary>Never given, or used before.</summary>
    public sealed record Invalid : CodeExchange;

    public sealed record Expired : CodeExchange;
}
