namespace PaymentOrchestrator.AppHost.Seeding;

/// <summary>One demo buyer: who, and what the providers know about them.</summary>
/// <param name="Reference">The marketplace's name for the buyer.</param>
/// <param name="Country">Recorded and shown; it decides nothing.</param>
/// <param name="Facts">The requirement codes that are true; null leaves the providers knowing nothing.</param>
/// <param name="Balances">Available at WorldFirst, in minor units.</param>
/// <param name="Shows">What trying this buyer out shows.</param>
internal sealed record DemoBuyer(
    string Reference, string Country, IReadOnlyList<string>? Facts, IReadOnlyDictionary<string, long> Balances, string Shows)
{
    // worldfirst.balance is not among them: the balances below are that fact.
    private static readonly string[] EveryFact =
    [
        "marketplace.account", "marketplace.identity", "marketplace.alipay_login",
        "worldfirst.account", "worldfirst.identity", "worldfirst.marketplace_link",
        "alipay.account", "alipay.identity", "alipay.mainland_bank_account", "alipay.funding",
        "card.linked", "card.scheme",
    ];

    private static readonly Dictionary<string, long> None = [];

    // Each is worth CNY 10,000,000 or more at the rates of 2026-04-13, so no demo order runs short.
    private static readonly Dictionary<string, long> Plenty = new()
    {
        ["USD"] = 2_000_000_00,
        ["EUR"] = 1_750_000_00,
        ["GBP"] = 1_500_000_00,
        ["JPY"] = 300_000_000, // no minor unit
        ["AUD"] = 3_000_000_00,
        ["CAD"] = 3_000_000_00,
        ["CHF"] = 1_600_000_00,
        ["HKD"] = 16_000_000_00,
        ["SGD"] = 2_600_000_00,
        ["NZD"] = 3_500_000_00,
        ["SEK"] = 19_000_000_00,
        ["NOK"] = 19_500_000_00,
        ["MXN"] = 35_000_000_00,
        ["CNH"] = 14_000_000_00,
    };

    public static readonly DemoBuyer Ready =
        new("demo-ready", "US", EveryFact, Plenty, "everything linked and funded in 14 currencies");

    public static readonly DemoBuyer New =
        new("demo-new", "US", null, None, "nothing linked yet");

    public static readonly DemoBuyer CardOnly =
        new("demo-card-only", "US", ["marketplace.account", "marketplace.identity", "card.linked", "card.scheme"], None, "1688 and a card alone");

    public static readonly DemoBuyer MainlandAlipay = new(
        "demo-mainland-alipay",
        "CN",
        ["marketplace.account", "marketplace.identity", "marketplace.alipay_login", "alipay.account", "alipay.identity", "alipay.mainland_bank_account", "alipay.funding"],
        None,
        "Alipay with a mainland bank");

    public static readonly DemoBuyer LowBalance = new(
        "demo-low-balance", "US", EveryFact, new Dictionary<string, long> { ["USD"] = 10_00, ["EUR"] = 5_00 }, "everything linked, too little money at WorldFirst");

    public static readonly DemoBuyer DeclinedCard =
        new("demo-declined-card", "US", ["marketplace.account", "marketplace.identity"], None, "a card that the bank declines when it is charged");

    public static readonly DemoBuyer ThreeDSecure =
        new("demo-3d-secure", "US", ["marketplace.account", "marketplace.identity"], None, "a card whose bank asks the buyer each time");

    public static readonly IReadOnlyList<DemoBuyer> All = [Ready, New, CardOnly, MainlandAlipay, LowBalance, DeclinedCard, ThreeDSecure];
}
