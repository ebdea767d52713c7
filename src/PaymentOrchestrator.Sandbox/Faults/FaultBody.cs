using System.Text.Json;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Faults;

/// <summary>Whom and what a fault is for; everything that is left out is everything.</summary>
/// <param name="BuyerId">One buyer of the platform.</param>
/// <param name="Provider"><c>worldfirst</c>, <c>alipay</c>, <c>marketplace_1688</c> or <c>card</c>.</param>
/// <param name="Operation">The last part of an Ant address (<c>createTransfer</c>), 1688's API name, <c>payment_intents.create</c>, or the type of a notification.</param>
public sealed record FaultScope(string? BuyerId, string? Provider, string? Operation);

/// <summary>Trouble to script.</summary>
/// <param name="Fault">
/// <c>delay</c>, <c>timeout_before</c>, <c>timeout_after</c>, <c>error_before</c>, <c>error_after</c>, <c>cut_body</c>, <c>bad_signature</c>,
/// <c>wrong_amount</c>, <c>wrong_reference</c>, <c>not_found_then_found</c>, <c>rate_jump</c>, <c>duplicate_notification</c>,
/// <c>reordered_notification</c>, <c>late_notification</c> or <c>no_notification</c>.
/// </param>
/// <param name="Times">How often it happens; 1 if left out.</param>
/// <param name="Scope">For whom; everybody if left out.</param>
/// <param name="DelayMs">How long a delay, a silence or a late notification lasts.</param>
/// <param name="Probability">How likely it is at each matching call, above 0 and at most 1; certain if left out.</param>
/// <param name="Seed">Makes a probability repeat exactly; chosen and told if left out.</param>
public sealed record FaultRequest(string Fault, int? Times, FaultScope? Scope, int? DelayMs, decimal? Probability, long? Seed);

/// <summary>A fault and what has come of it.</summary>
/// <param name="FaultId">Its name, for DELETE.</param>
/// <param name="Fault">What happens.</param>
/// <param name="Scope">For whom.</param>
/// <param name="Times">How often it is still to happen.</param>
/// <param name="DelayMs">As given.</param>
/// <param name="Probability">As given.</param>
/// <param name="Seed">As given, or as chosen.</param>
/// <param name="Draws">How many matching calls have come.</param>
/// <param name="Hits">How many of them it hit.</param>
public sealed record FaultView(
    string FaultId, string Fault, FaultScope Scope, int Times, int? DelayMs, decimal? Probability, long Seed, int Draws, int Hits)
{
    internal static FaultView Of(Fault fault) => new(
        fault.FaultId, fault.Kind, new FaultScope(fault.BuyerId, fault.Provider, fault.Operation), fault.Times, fault.DelayMs, fault.Probability,
        fault.Seed, fault.Draws, fault.Hits);
}

/// <summary>The scripted faults, oldest first.</summary>
/// <param name="Data">Those that are used up too, until they are deleted.</param>
public sealed record FaultList(IReadOnlyList<FaultView> Data);

/// <summary>Reads the body by hand, so that a refusal names the very member that is wrong.</summary>
internal static class FaultBody
{
    private const int MaxTimes = 1_000_000;
    private const int MaxDelayMs = 600_000;

    public static (Fault? Fault, string Field, string Message) Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            return Refuse("body", "must be a JSON object.");
        string? kind = null;
        (int? times, int? delay, decimal? probability, long? seed) = (null, null, null, null);
        string? buyerId = null, provider = null, operation = null;
        foreach (var member in body.EnumerateObject())
        {
            var value = member.Value;
            switch (member.Name)
            {
                case "fault":
                    if (value.ValueKind != JsonValueKind.String || !FaultKinds.All.Contains(kind = value.GetString()!))
                        return Refuse("fault", $"must be one of {string.Join(", ", FaultKinds.All)}.");
                    break;
                case "times":
                    if ((times = Whole(value, 1, MaxTimes)) is null)
                        return Refuse("times", $"must be a whole number from 1 to {MaxTimes}.");
                    break;
                case "delay_ms":
                    if ((delay = Whole(value, 0, MaxDelayMs)) is null)
                        return Refuse("delay_ms", $"must be a whole number from 0 to {MaxDelayMs}.");
                    break;
                case "probability":
                    if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var p) || p is <= 0m or > 1m)
                        return Refuse("probability", "must be a number above 0 and at most 1.");
                    probability = p;
                    break;
                case "seed":
                    if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var s))
                        return Refuse("seed", "must be a whole number.");
                    seed = s;
                    break;
                case "scope":
                    if (value.ValueKind != JsonValueKind.Object)
                        return Refuse("scope", "must be an object.");
                    foreach (var part in value.EnumerateObject())
                    {
                        var text = part.Value.ValueKind == JsonValueKind.String ? part.Value.GetString() : null;
                        switch (part.Name)
                        {
                            case "buyer_id" when BuyerId.IsWellFormed(text):
                                buyerId = text;
                                break;
                            case "buyer_id":
                                return Refuse("scope.buyer_id", "must be a buyer id (byr_…).");
                            case "provider" when text is not null && FaultTargets.Providers.Contains(text):
                                provider = text;
                                break;
                            case "provider":
                                return Refuse("scope.provider", $"must be one of {string.Join(", ", FaultTargets.Providers)}.");
                            case "operation" when text is not null:
                                operation = text;
                                break;
                            case "operation":
                                return Refuse("scope.operation", "must be text.");
                            default:
                                return Refuse($"scope.{part.Name}", "is unknown.");
                        }
                    }

                    break;
                default:
                    return Refuse(member.Name, "is unknown.");
            }
        }

        if (kind is null)
            return Refuse("fault", "is missing.");
        var operations = FaultTargets.Operations(kind, provider);
        if (operations.Count == 0)
            return Refuse("scope.provider", $"has nothing that {kind} could happen to.");
        if (operation is not null && !operations.Contains(operation))
            return Refuse("scope.operation", $"must be one of {string.Join(", ", operations)}.");
        if (kind == FaultKinds.RateJump && buyerId is not null)
            return Refuse("scope.buyer_id", "does not go with rate_jump: a price is asked for without a buyer.");
        return (new Fault
        {
            FaultId = Ids.New("flt_"),
            Kind = kind,
            BuyerId = buyerId,
            Provider = provider,
            Operation = operation,
            Times = times ?? 1,
            DelayMs = delay,
            Probability = probability,
            Seed = seed ?? Random.Shared.NextInt64(1, 1_000_000_000),
        }, "", "");
    }

    private static int? Whole(JsonElement value, int from, int to) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= from && number <= to ? number : null;

    private static (Fault?, string, string) Refuse(string field, string message) => (null, field, message);
}
