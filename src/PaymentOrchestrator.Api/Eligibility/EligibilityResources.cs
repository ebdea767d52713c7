using System.Text.Json;
using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Buyers;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Orders;
using PaymentOrchestrator.Api.Rates;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Eligibility;

/// <summary>Which methods are open to a buyer for an order, and what would open the others. Shows the same answer for ever.</summary>
public sealed record EligibilityCheckResource : IResource
{
    public static string Prefix => "elg";

    public required Id<EligibilityCheckResource> Id { get; init; }

    /// <summary>Always <c>eligibility_check</c>.</summary>
    public string Object { get; init; } = "eligibility_check";

    public required Id<BuyerResource> BuyerId { get; init; }

    public required OrderBody Order { get; init; }

    /// <summary>One entry per method that was asked for.</summary>
    public required IReadOnlyList<MethodResource> Methods { get; init; }

    /// <summary>What the providers said of the buyer: the verdicts were made from this.</summary>
    public required IReadOnlyList<ProviderFacts> Facts { get; init; }

    public required NetworkResource Network { get; init; }

    /// <summary>The language of all messages: <c>en</c> or <c>zh-CN</c>.</summary>
    public required string Language { get; init; }

    /// <summary>Which version of the rules decided.</summary>
    public required string RuleVersion { get; init; }

    /// <summary>The price list that what would leave a balance was reckoned with.</summary>
    public required string FeeScheduleId { get; init; }

    /// <summary>The reference rates that it was reckoned at: one per currency that a balance requirement speaks of.</summary>
    public required IReadOnlyList<ExchangeRateResource> Rates { get; init; }

    public required bool Livemode { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One method's verdict.</summary>
public sealed record MethodResource
{
    public required PaymentMethod Method { get; init; }

    /// <summary>Every requirement is met.</summary>
    public required bool Eligible { get; init; }

    /// <summary>Every requirement of the method, met or not, in the order in which a buyer would fulfil them.</summary>
    public required IReadOnlyList<RequirementResource> Requirements { get; init; }

    internal static MethodResource From(MethodVerdict verdict, Voice voice) => new()
    {
        Method = verdict.Method,
        Eligible = verdict.Eligible,
        Requirements = voice.Say(verdict),
    };
}

/// <summary>One condition of a method, with its verdict.</summary>
public sealed record RequirementResource
{
    /// <summary><c>worldfirst.account</c>, <c>network.outside_mainland_china</c> …</summary>
    public required string Code { get; init; }

    /// <summary><c>met</c>, <c>unmet</c>, or <c>unknown</c> when a provider did not answer or the address was not given.</summary>
    public required string Status { get; init; }

    /// <summary>What was seen: a word, or an amount of money; null when nothing could be seen.</summary>
    public Observation? Observed { get; init; }

    /// <summary>What is asked for: a word, or an amount of money.</summary>
    public required Observation Required { get; init; }

    /// <summary>What would meet it; null when it is met.</summary>
    public RemediationResource? Remediation { get; init; }
}

/// <summary>Where the buyer came from, as it was judged.</summary>
public sealed record NetworkResource
{
    /// <summary>Known to be outside mainland China: what opens the methods that are bound to it.</summary>
    public required bool OutsideMainlandChina { get; init; }

    /// <summary>What was seen of the address; null where none was given. The address itself is not kept here.</summary>
    public required string? Observed { get; init; }

    internal static NetworkResource Of(NetworkFacts network) => new() { OutsideMainlandChina = network.KnownOutside, Observed = network.Observed };
}

/// <summary>What would meet a requirement.</summary>
public sealed record RemediationResource
{
    /// <summary>A stable code: <c>link_account</c>, <c>verify_identity</c>, <c>top_up</c> …</summary>
    public required string Action { get; init; }

    /// <summary>One sentence for the buyer, in the answer's language.</summary>
    public required string Message { get; init; }

    /// <summary>The provider's page where the buyer does it; null where there is none, or where a call of this API begins it.</summary>
    public string? Url { get; init; }

    /// <summary>By how much to top up or to enlarge the order.</summary>
    public Amount? Amount { get; init; }
}

/// <summary>Writes an observation as what it is: a text or an amount.</summary>
internal sealed class ObservationConverter : JsonConverter<Observation>
{
    public override Observation? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? reader.GetString()!
            : JsonSerializer.Deserialize(ref reader, ApiJson.TypeInfo<Amount>())!.ToMoney();

    public override void Write(Utf8JsonWriter writer, Observation value, JsonSerializerOptions options)
    {
        if (value.Amount is { } amount) JsonSerializer.Serialize(writer, Http.Amount.FromMoney(amount), ApiJson.TypeInfo<Amount>());
        else writer.WriteStringValue(value.Word);
    }
}
