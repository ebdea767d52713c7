using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Eligibility;
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

    /// <summary>One sentence for the buyer, in the answer's language.</summary>
    public required string Message { get; init; }

    /// <summary>By how much to top up, and in which currency, or to enlarge the order.</summary>
    public required Amount? Amount { get; init; }

    /// <summary>The call of this API that begins it; null for what is done elsewhere.</summary>
    public required StepCall? Call { get; init; }

    /// <summary>The provider's page to send the buyer to, for what no call begins; null where none is configured.</summary>
    public required string? Url { get; init; }

    internal static IReadOnlyList<Step> Of(
        MethodVerdict verdict, MethodVerdict onceEnlarged, Id<BuyerResource> buyer, IReadOnlyList<LinkedAccount> accounts,
        Voice voice) =>
    [
        .. OptionSteps.Of(verdict, onceEnlarged).Select(step => new Step
        {
            Action = step.Remediation.Action,
            Meets = [.. step.Meets.Select(code => code.Text())],
            Message = voice.Sentence(step.Lead),
            Amount = step.Remediation.Amount is { } amount ? amount : null,
            Call = StepCall.For(step, verdict.Method, buyer, accounts),
            Url = voice.Pages.For(voice.Mode, step.Lead),
        }),
    ];
}

/// <summary>A call of this API. What only you or an earlier step can fill in stands in braces, by its name.</summary>
public sealed record StepCall
{
    /// <summary>Always <c>POST</c>.</summary>
    public string HttpMethod { get; init; } = "POST";

    public required string Path { get; init; }

    /// <summary>Its fields. For asking again: those that change; send the others as before.</summary>
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
            RemediationAction.SendBuyerIp => AskAgain(("buyer_ip", "{buyer_ip}")),
            RemediationAction.TryAgainLater => AskAgain(),
            _ => null,
        };

        StepCall AskAgain(params (string Field, string Value)[] changed) => new()
        {
            Path = "/v1/payment-options",
            Body = changed.ToDictionary(field => field.Field, field => field.Value),
        };

        StepCall Link(LinkProvider provider, params (string Field, string Value)[] more)
        {
            var body = new Dictionary<string, string> { ["provider"] = provider.Code() };
            foreach (var (field, value) in more) body[field] = value;
            body["return_url"] = "{return_url}";
            return new StepCall { Path = $"/v1/buyers/{buyer}/linked-accounts", Body = body };
        }

        string IdOf(LinkProvider provider) => accounts.Newest(provider)?.Id.ToString() ?? $"{{{provider.Code()}_account_id}}";
    }
}
