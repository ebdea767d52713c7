using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

/// <summary>
/// Where a buyer does at a provider what no call of ours can begin: <c>Providers:{Test|Live}:{WorldFirst|Alipay|Marketplace1688}:Pages:{Identity|TopUp}</c>.
/// What is not configured is not named.
/// </summary>
internal sealed class ProviderPages
{
    private readonly Dictionary<(Mode, RequirementCode), string> pages = [];

    /// <exception cref="InvalidOperationException">An address is not absolute https; in test mode http on this machine will do as well.</exception>
    public ProviderPages(IConfiguration configuration)
    {
        foreach (var mode in Enum.GetValues<Mode>())
        {
            Read(mode, "WorldFirst", "Identity", RequirementCode.WorldFirstIdentity);
            Read(mode, "WorldFirst", "TopUp", RequirementCode.WorldFirstBalance);
            Read(mode, "Alipay", "Identity", RequirementCode.AlipayIdentity);
            Read(mode, "Alipay", "TopUp", RequirementCode.AlipayFunding);
            Read(mode, "Marketplace1688", "Identity", RequirementCode.MarketplaceIdentity);
        }

        void Read(Mode mode, string provider, string page, RequirementCode code)
        {
            var key = $"Providers:{mode}:{provider}:Pages:{page}";
            if (configuration[key] is not { Length: > 0 } text) return;
            var good = Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Length == 0
                && (url.Scheme == Uri.UriSchemeHttps || (mode == Mode.Test && url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
            if (!good) throw new InvalidOperationException($"Set {key} to an absolute https address (in test mode http on this machine will do), or leave it out.");
            pages[(mode, code)] = url!.AbsoluteUri;
        }
    }

    /// <summary>The page on which a buyer meets the requirement; null where there is none, or the step is a call of this API.</summary>
    public string? For(Mode mode, Requirement requirement) => requirement.Remediation is { Action: RemediationAction.VerifyIdentity or RemediationAction.TopUp }
        ? For(mode, requirement.Code)
        : null;

    public string? For(Mode mode, RequirementCode code) => pages.GetValueOrDefault((mode, code));
}
