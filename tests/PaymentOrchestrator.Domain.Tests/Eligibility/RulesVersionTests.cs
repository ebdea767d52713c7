using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

/// <summary>
/// Stored answers name the version of the rules that they were made by. So the name must change with the rules: every version keeps the digest of
/// everything that it decides and advises.
/// </summary>
public class RulesVersionTests
{
    // Add a line for a new version; never change one, for answers with its name are stored.
    private static readonly Dictionary<string, string> Digests = new()
    {
        ["2026-04-13"] = "df873e09cbc8b643acc21dbb38a944d4cfccb1f00418c254e00920b3b37b4868",
    };

    private static readonly bool[] Both = [false, true];

    [Fact]
    public void The_rules_decide_and_advise_what_their_version_says()
    {
        var digest = Digest();
        Assert.True(
            Digests.GetValueOrDefault(EligibilityRules.Version) == digest,
            $"The rules behave otherwise than version {EligibilityRules.Version} does. Give EligibilityRules.Version a new name, with a line of its own here: {digest}");
    }

    /// <summary>Over the statuses of all requirements in every combination of facts, networks and orders; and over every word of the advice, provider by provider.</summary>
    private static string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> statuses = stackalloc byte[64];
        foreach (var question in Table())
        {
            var length = 0;
            foreach (var method in PaymentMethods.All)
            {
                foreach (var requirement in EligibilityRules.Evaluate(method, question).Requirements)
                {
                    BinaryPrimitives.WriteInt16BigEndian(statuses[length..], checked((short)(((int)requirement.Code * 4) + (int)requirement.Status)));
                    length += 2;
                }
            }

            hash.AppendData(statuses[..length]);
        }

        foreach (var question in Advice())
            foreach (var method in PaymentMethods.All)
                hash.AppendData(Encoding.UTF8.GetBytes(Spell(EligibilityRules.Evaluate(method, question))));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<EligibilityQuestion> Table() =>
        from worldFirst in WorldFirst(held: [[], [Usd(181_424)], [Usd(181_425)]])
        from alipay in Alipay([0, 1_234_567])
        from marketplace in Marketplace()
        from card in new[] { null, CardFacts.NotLinked, new CardFacts(true, "visa"), new CardFacts(true, "amex") }
        from network in Networks().Take(3)
        from order in new long[] { 99_999, 1_234_567 }
        select Question.Ready.With(new BuyerFacts(worldFirst, alipay, marketplace, card)) with { Network = network, Order = Cny(order) };

    private static IEnumerable<EligibilityQuestion> Advice() =>
        from facts in new[] { Question.ReadyFacts, BuyerFacts.Nothing }
        from changed in WorldFirst(held: [[], [Usd(0)], [Usd(181_424)], [Usd(181_425)], [Usd(1), Eur(155_276)], [Eur(155_277), Usd(1)], [Cny(9_000_000)], [new Money(Currency.Cnh, 1_234_567)]])
                .Select(part => facts with { WorldFirst = part })
            .Concat(Alipay([0, 1, 1_234_566, 1_234_567]).Select(part => facts with { Alipay = part }))
            .Concat(Marketplace().Select(part => facts with { Marketplace = part }))
            .Concat(Card().Select(part => facts with { Card = part }))
        from network in Networks()
        from order in new long[] { 1, 99_999, 100_000, 1_234_567 }
        from only in new[] { null, Currency.Usd, Currency.Parse("EUR") }
        select Question.Ready.With(changed) with { Network = network, Order = Cny(order), OnlyCurrency = only };

    private static IEnumerable<WorldFirstFacts?> WorldFirst(IReadOnlyList<IReadOnlyList<Money>> held) =>
        (from account in Both from identity in Both from link in Both from balances in held select new WorldFirstFacts(account, identity, link, balances)).Append(null);

    private static IEnumerable<AlipayFacts?> Alipay(long[] balances) =>
        (from account in Both from identity in Both from bank in Both from linked in Both from balance in balances select new AlipayFacts(account, identity, bank, linked, Cny(balance)))
        .Append(null);

    private static IEnumerable<MarketplaceFacts?> Marketplace() =>
        (from account in Both from identity in Both from login in Both select new MarketplaceFacts(account, identity, login)).Append(null);

    private static IEnumerable<CardFacts?> Card() =>
        (from linked in Both from scheme in new[] { "visa", "mastercard", "amex", null } select new CardFacts(linked, scheme)).Append(null);

    private static IEnumerable<NetworkFacts> Networks() =>
        [Question.Abroad, new NetworkFacts(true, false, "CN"), NetworkFacts.NotGiven, new NetworkFacts(true, false, "not_a_public_address"), new NetworkFacts(true, true, "HK")];

    private static string Spell(MethodVerdict verdict) => string.Join('\n', verdict.Requirements.Select(requirement => string.Create(
        CultureInfo.InvariantCulture,
        $"{verdict.Method.Code()} {requirement.Code.Text()} {requirement.Status.Text()} {Spell(requirement.Observed)} {Spell(requirement.Required)} {requirement.Remediation?.Action} {requirement.Remediation?.Text} {requirement.Remediation?.Amount}")));

    private static string Spell(Observation? seen) => seen?.Word ?? seen?.Amount?.ToString() ?? "-";

    private static Money Usd(long value) => new(Currency.Usd, value);

    private static Money Eur(long value) => new(Currency.Parse("EUR"), value);

    private static Money Cny(long value) => new(Currency.Cny, value);
}
