using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.LinkedAccounts;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

/// <summary>One thing to do on the way to opening an option.</summary>
public sealed record Step
{
    /// <summary>A stable code: <c>link_account</c>, <c>verify_identity</c>, <c>top_up</c> …</summary>
    public required string Action { get; init; }

    /// <summary>The codes of the requirements that it meets.</summary>
    public required IReadOnlyList<string> Meets { get; init; }

    public required string Message { get; init; }

    /// <summary>By how much to top up, and in which currency, or to enlarge the order.</summary>
    public required Amount? Amount { get; init; }

    /// <summary>The call of this API that begins it; null for what is done elsewhere.</summary>
    public required StepCall? Call { get; init; }

    internal static IReadOnlyList<Step> Of(MethodVerdict verdict, MethodVerdict onceEnlarged, Id<BuyerResource> buyer, IReadOnlyList<LinkedAccount> accounts) =>
    [
        .. OptionSteps.Of(verdict, onceEnlarged).Select(step => new Step
        {
            Action = step.Remediation.Action,
            Meets = [.. step.Meets.Select(code => code.Text())],
            Message = step.Remediation.Message,
            Amount = step.Remediation.Amount is { } amount ? amount : null,
            Call = StepCall.For(step, verdict.Method, buyer, accounts),
        }),
    ];
}

/// <summary>A call of this API. An id that only an earlier step makes stands in braces.</summary>
public sealed record StepCall
{
    /// <summary>Always <c>POST</c>.</summary>
    public string HttpMethod { get; init; } = "POST";

    public required string Path { get; init; }

    /// <summary>The fields that the step is about; <c>return_url</c>, where the call has one, is yours to add.</summary>
    public required IReadOnlyDictionary<string, string> Body { get; init; }

    internal static StepCall? For(OptionStep step, PaymentMethod method, Id<BuyerResource> buyer, IReadOnlyList<LinkedAccount> accounts)
    {
        return step.Remediation.Action switch
        {
            RemediationAction.LinkAccount => step.Meets[0] switch
            {
                RequirementCode.WorldFirstAccount => Link(LinkProvider.WorldFirst),
                RequirementCode.AlipayAccount => Link(LinkProvider.Alipay),
                // Who pays by Alipay has it to log in with, and then World Pay needs no other login.
                RequirementCode.MarketplaceAccount => Link(LinkProvider.Marketplace1688, ("login", method == PaymentMethod.Alipay ? "alipay" : "password")),
                _ => Link(LinkProvider.Card),
            },
            RemediationAction.UseSupportedCard => Link(LinkProvider.Card),
            RemediationAction.LogInWithAlipay => Link(LinkProvider.Marketplace1688, ("login", "alipay")),
            RemediationAction.LinkMainlandBank => Link(LinkProvider.MainlandBank, ("alipay_account_id", IdOf(LinkProvider.Alipay))),
            RemediationAction.LinkMarketplace => new StepCall
            {
                Path = $"/v1/linked-accounts/{IdOf(LinkProvider.WorldFirst)}/marketplace-links",
                Body = new Dictionary<string, string> { ["marketplace_account_id"] = IdOf(LinkProvider.Marketplace1688) },
            },
            _ => null,
        };

        StepCall Link(LinkProvider provider, params (string Field, string Value)[] more)
        {
            var body = new Dictionary<string, string> { ["provider"] = provider.Code() };
            foreach (var (field, value) in more) body[field] = value;
            return new StepCall { Path = $"/v1/buyers/{buyer}/linked-accounts", Body = body };
        }

        string IdOf(LinkProvider provider) => accounts.Newest(provider)?.Id.ToString() ?? $"{{{provider.Code()}_account_id}}";
    }
}
