namespace PaymentOrchestrator.Domain;

/// <summary>What came of holding one line, or one movement of ours, against the other side.</summary>
public enum ReconciliationResult
{
    /// <summary>Both sides say the same to the minor unit; or a canceled payment was taken and given back.</summary>
    Matched,

    /// <summary>The provider moved something that our books do not have.</summary>
    MissingHere,

    /// <summary>Our books have something that the provider did not move.</summary>
    MissingThere,

    AmountDiffers,

    CurrencyDiffers,

    /// <summary>The supplier got the money of a succeeded payment late, or has not got it yet.</summary>
    SettledLate,
}

/// <param name="Result">What came of it.</param>
/// <param name="Line">The provider's side; null where it has none.</param>
/// <param name="Ours">Our side; null where we have none.</param>
/// <param name="Late">A late settlement, which has neither.</param>
public sealed record ReconciledEntry(ReconciliationResult Result, StatementLine? Line, Movement? Ours, LateSettlement? Late = null);

/// <summary>Holds a provider's statement against our books. Pure: the same two sides give the same answer.</summary>
public static class Reconciler
{
    /// <param name="lines">The statement.</param>
    /// <param name="ours">What of our books the statement may speak of, each movement once.</param>
    /// <param name="late">Late settlements of the time.</param>
    /// <param name="ownerOf">The payment or refund that a request id was made from.</param>
    /// <returns>An entry for every line, in their order; then those that have no line.</returns>
    public static IReadOnlyList<ReconciledEntry> Reconcile(
        IReadOnlyList<StatementLine> lines, IReadOnlyList<Movement> ours, IReadOnlyList<LateSettlement> late, Func<string, string> ownerOf)
    {
        var byReference = ours.Where(one => one.ProviderReference is not null).ToLookup(one => (one.Type, one.ProviderReference!));
        var byObject = ours.ToLookup(one => (one.Type, one.ObjectId));
        var taken = new HashSet<Movement>(ReferenceEqualityComparer.Instance);
        var found = new Movement?[lines.Count];

        // The provider's own id first: should one request have been carried out twice, each execution has an id of its own, and ours is known.
        for (var i = 0; i < lines.Count; i++) found[i] = Take(byReference[(lines[i].Type, lines[i].ProviderReference)]);
        for (var i = 0; i < lines.Count; i++)
            if (found[i] is null && lines[i].RequestId is { } request) found[i] = Take(byObject[(lines[i].Type, ownerOf(request))]);

        var canceled = Canceled(lines, found);
        var entries = new List<ReconciledEntry>(lines.Count);
        for (var i = 0; i < lines.Count; i++) entries.Add(new ReconciledEntry(canceled.Contains(i) ? ReconciliationResult.Matched : Compare(lines[i], found[i]), lines[i], found[i]));
        entries.AddRange(ours.Where(one => one.Due && !taken.Contains(one)).Select(one => new ReconciledEntry(ReconciliationResult.MissingThere, null, one)));
        entries.AddRange(late.Select(one => new ReconciledEntry(ReconciliationResult.SettledLate, null, null, one)));
        return entries;

        Movement? Take(IEnumerable<Movement> candidates) => candidates.FirstOrDefault(taken.Add);
    }

    private static ReconciliationResult Compare(StatementLine line, Movement? ours) =>
        ours is null ? ReconciliationResult.MissingHere
        : ours.Amount.Currency != line.Amount.Currency ? ReconciliationResult.CurrencyDiffers
        : ours.Amount != line.Amount ? ReconciliationResult.AmountDiffers
        : ReconciliationResult.Matched;

    /// <summary>Payments that were taken and given back by their cancellation: our books have neither, and together they are nothing.</summary>
    private static HashSet<int> Canceled(IReadOnlyList<StatementLine> lines, Movement?[] found)
    {
        var reversals = new Dictionary<(string, Money), Queue<int>>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Type != MovementType.PaymentReversal) continue;
            var key = (lines[i].ProviderReference, lines[i].Amount);
            if (!reversals.TryGetValue(key, out var waiting)) reversals[key] = waiting = new Queue<int>();
            waiting.Enqueue(i);
        }

        var canceled = new HashSet<int>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Type != MovementType.Payment || found[i] is not null) continue;
            if (!reversals.TryGetValue((lines[i].ProviderReference, lines[i].Amount), out var waiting) || !waiting.TryDequeue(out var reversal)) continue;
            canceled.Add(i);
            canceled.Add(reversal);
        }

        return canceled;
    }
}

public static class ReconciliationResults
{
    public static string Code(this ReconciliationResult result) => result switch
    {
        ReconciliationResult.Matched => "matched",
        ReconciliationResult.MissingHere => "missing_here",
        ReconciliationResult.MissingThere => "missing_there",
        ReconciliationResult.AmountDiffers => "amount_differs",
        ReconciliationResult.CurrencyDiffers => "currency_differs",
        ReconciliationResult.SettledLate => "settled_late",
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    public static ReconciliationResult? FromCode(string? code)
    {
        foreach (var result in Enum.GetValues<ReconciliationResult>())
            if (result.Code() == code) return result;
        return null;
    }

    /// <summary>What whoever owns a difference is to do about it.</summary>
    /// <param name="entry">Not a matched one.</param>
    /// <param name="status">The status of the object that the line names, where it names one of ours.</param>
    public static string OwnerAction(ReconciledEntry entry, string? status) => entry switch
    {
        { Result: ReconciliationResult.MissingHere, Line: { Type: MovementType.Payment } } when status == "succeeded" =>
            "The payment is in the books once already: the provider seems to have carried it out twice. Ask the provider for the second debit back.",
        { Result: ReconciliationResult.MissingHere, Line: { Type: MovementType.Payment } } when status is "processing" or "requires_action" =>
            $"The payment is still {status} here. Wait for the inquiry to end it; if it does not, compare it with the provider and resolve it.",
        { Result: ReconciliationResult.MissingHere, Line: { Type: MovementType.Payment } } when status is not null =>
            $"The provider took the money of a payment that is {status} here. Have it given back at the provider, or resolve the payment if it is under review.",
        { Result: ReconciliationResult.MissingHere, Line: { Type: MovementType.Refund } } when status is not null =>
            $"The provider gave back the money of a refund that is {status} here. If it is under review, resolve it as moved; else ask the provider which is right.",
        { Result: ReconciliationResult.MissingHere, Line: { Type: MovementType.Dispute or MovementType.DisputeReversal } } =>
            "The provider moved money over a dispute that the books do not have. Look the dispute up at the provider by its reference, and have its notification sent again.",
        { Result: ReconciliationResult.MissingHere } =>
            "The provider moved money that no payment, refund or dispute of yours explains. Ask the provider what it was, by its reference.",
        { Result: ReconciliationResult.MissingThere, Ours.Type: MovementType.Payment } =>
            "The books have a payment that the provider's statement lacks. Look at the statement of the next day; if it is not there either, ask the provider before anything is shipped.",
        { Result: ReconciliationResult.MissingThere } =>
            "The books have a movement that the provider's statement lacks. Look at the statement of the next day; if it is not there either, ask the provider.",
        { Result: ReconciliationResult.AmountDiffers or ReconciliationResult.CurrencyDiffers } =>
            "Provider and books name different amounts for the same movement. Ask the provider which it moved, and have the difference made good.",
        { Result: ReconciliationResult.SettledLate, Late.SettledAt: null } =>
            "The buyer has paid and 1688 does not confirm the supplier's money. Look at the order at 1688; if it is closed, refund the payment.",
        { Result: ReconciliationResult.SettledLate } =>
            "The supplier got the money later than agreed. Nothing is open; ask the provider if it happens often.",
        _ => throw new ArgumentOutOfRangeException(nameof(entry)),
    };
}
