using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Texts;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

/// <summary>Says a verdict to a buyer: in which language, and with the pages of which mode.</summary>
internal sealed record Voice(AcceptedLanguage Language, Mode Mode, ProviderPages Pages)
{
    public IReadOnlyList<RequirementResource> Say(MethodVerdict verdict) => [.. verdict.Requirements.Select(Say)];

    public RequirementResource Say(Requirement requirement) => new()
    {
        Code = requirement.Code.Text(),
        Status = requirement.Status.Text(),
        Observed = requirement.Observed,
        Required = requirement.Required,
        Remediation = requirement.Remediation is not { } remedy ? null : new RemediationResource
        {
            Action = remedy.Action,
            Message = Sentence(requirement),
            Url = Pages.For(Mode, requirement),
            Amount = remedy.Amount is { } amount ? amount : null,
        },
    };

    /// <summary>What would meet the requirement, in one sentence.</summary>
    public string Sentence(Requirement requirement) =>
        BuyerTexts.Of(Language, $"remediation.{requirement.Remediation!.Text}", requirement.Remediation.Amount, requirement.Required.Amount);
}
