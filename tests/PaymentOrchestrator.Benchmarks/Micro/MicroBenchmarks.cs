using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using PaymentOrchestrator.Api.Network;
using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Api.Providers.CardAcquirer;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Benchmarks.Micro;

/// <summary>What is decided and signed in a payment, piece by piece, with what each allocates.</summary>
[MemoryDiagnoser]
public class MicroBenchmarks
{
    private static readonly Money Order = new(Currency.Cny, 1_234_567);
    private static readonly MidRate Mid = new(new ExchangeRate(Currency.Usd, Currency.Cny, 7.123456789m), "ecb", DateTimeOffset.UnixEpoch, false);
    private static readonly FeeRule CardRule = new(PaymentMethod.Card, null, 40, new FeeTerms("card_fee", 3m));
    private static readonly byte[] Body = Encoding.UTF8.GetBytes($"{{\"payment\":\"{new string('x', 600)}\"}}");

    private readonly FeeRule rule = CardRule;
    private readonly MidRate mid = Mid;
    private readonly Money other = new(Currency.Cny, 42);
    private readonly EligibilityQuestion question = new(
        Order,
        new BuyerFacts(
            new WorldFirstFacts(true, true, true, [new Money(Currency.Usd, 500_000), new Money(Currency.Eur, 100_000)]), new AlipayFacts(true, true, true, true, Money.Zero(Currency.Cny)),
            new MarketplaceFacts(true, true, true), new CardFacts(true, "visa")),
        new NetworkFacts(true, true, "outside_mainland_china"), (_, currency) => new Money(currency, 180_000));

    private readonly AntKey privateKey;
    private readonly AntKey publicKey;
    private readonly string antHeader;
    private readonly string stripeHeader;
    private readonly RegistryBlocks blocks = new();
    private readonly IPAddress v4 = IPAddress.Parse("114.114.114.114");
    private readonly IPAddress v6 = IPAddress.Parse("2400:3200::1");

    public MicroBenchmarks()
    {
        using var rsa = RSA.Create(2048);
        privateKey = AntKey.ParsePrivate(Convert.ToBase64String(rsa.ExportPkcs8PrivateKey()));
        publicKey = AntKey.ParsePublic(Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()));
        antHeader = AntSignature.Header(AntSign(), 1, blanks: false);
        var time = DateTimeOffset.UnixEpoch.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        stripeHeader = $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData("whsec_test"u8, [.. Encoding.ASCII.GetBytes($"{time}."), .. Body]))}";
    }

    [Benchmark(Description = "quote: an order priced in USD, with markup and fee")]
    public object Quote() => QuoteEngine.ForOrder(Order, Currency.Usd, mid, rule);

    [Benchmark(Description = "eligibility: all four methods judged")]
    public int Eligibility()
    {
        var requirements = 0;
        foreach (var method in PaymentMethods.All) requirements += EligibilityRules.Evaluate(method, question).Requirements.Count;
        return requirements;
    }

    [Benchmark(Description = "money: two amounts added and compared")]
    public bool Add() => Order + other > Order;

    [Benchmark(Description = "money: an order converted, rounded up once")]
    public object SellToBuy() => mid.Rate.SellToBuy(Order);

    [Benchmark(Description = "signing: RSA-2048, 600 bytes (WorldFirst, Alipay)")]
    public string AntSign() => AntSignature.Sign(privateKey, "POST", "/ams/api/v1/payments/pay", "client", "2026-01-01T00:00:00.000Z", Body);

    [Benchmark(Description = "signing: RSA-2048 verified")]
    public bool AntVerify() => AntSignature.Verify(publicKey, antHeader, "POST", "/ams/api/v1/payments/pay", "client", "2026-01-01T00:00:00.000Z", Body);

    [Benchmark(Description = "signing: Stripe's HMAC verified")]
    public bool StripeVerify() => StripeSignature.Verify("whsec_test", stripeHeader, Body, DateTimeOffset.UnixEpoch);

    [Benchmark(Description = "network: where an IPv4 address is")]
    public object LocateV4() => blocks.Locate(v4);

    [Benchmark(Description = "network: where an IPv6 address is")]
    public object LocateV6() => blocks.Locate(v6);
}
