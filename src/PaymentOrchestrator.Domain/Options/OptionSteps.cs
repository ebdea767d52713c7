namespace PaymentOrchestrator.Domain;

/// <summary>One thing to do on the way to opening a method.</summary>
/// <param name="Meets">The requirements that it is for; at least one.</param>
/// <param name="Lead">The one of them that says what to do; it is not met.</param>
public sealed record OptionStep(IReadOnlyList<RequirementCode> Meets, Requirement Lead)
{
    public Remediation Remediation => Lead.Remediation!;
}

/// <summary>Turns what is missing into the shortest list of things to do. Pure.</summary>
public static class OptionSteps
{
    /// <summary>In the order in which a buyer would do them; empty for an open method. No two steps are the same thing to do.</summary>
    /// <param name="verdict">What is missing now.</param>
    /// <param name="onceEnlarged">
    /// The verdict on the same method for an order that is just large enough; counts where the order is too small. A larger order takes a larger
    /// balance.
    /// </param>
    public static IReadOnlyList<OptionStep> Of(MethodVerdict verdict, MethodVerdict? onceEnlarged = null)
    {
        var tooSmall = verdict.Requirements.Any(requirement => requirement is { Code: RequirementCode.OrderMinimumAmount, Status: not RequirementStatus.Met });
        var missing = verdict.Requirements
            .Zip(((tooSmall ? onceEnlarged : null) ?? verdict).Requirements, (now, then) => now.Code == RequirementCode.OrderMinimumAmount ? now : then)
            .Where(requirement => requirement.Status != RequirementStatus.Met)
            .ToList();
        return
        [
            .. from requirement in missing
               group requirement by Lead(requirement, missing) into same
               select new OptionStep([.. same.Select(requirement => requirement.Code)], same.Key),
        ];
    }

    /// <summary>The requirement whose step meets this one as well; itself where there is none.</summary>
    private static Requirement Lead(Requirement requirement, List<Requirement> missing) =>
        missing.Find(other => requirement.Status == RequirementStatus.Unmet && other.Status == RequirementStatus.Unmet && MeetsToo(other.Code, requirement.Code))
        ?? missing.Find(other => other.Remediation == requirement.Remediation)
        ?? requirement;

    private static bool MeetsToo(RequirementCode step, RequirementCode other) => (step, other) switch
    {
        // The card to link is one that is accepted; a linked mainland bank funds every payment.
        (RequirementCode.CardLinked, RequirementCode.CardScheme) => true,
        (RequirementCode.AlipayMainlandBankAccount, RequirementCode.AlipayFunding) => true,
        _ => false,
    };
}
