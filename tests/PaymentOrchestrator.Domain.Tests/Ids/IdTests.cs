using System.Numerics;
using CsCheck;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class IdTests
{
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    private static readonly DateTimeOffset Now = new(2026, 4, 13, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_written_reads_back() =>
        Gen.Guid.Sample(
            value =>
            {
                var id = new Id<Invoice>(value);
                Assert.Equal(id, Id<Invoice>.Parse(id.ToString(), null));
                Assert.Equal(id, Id<Invoice>.Parse(id.ToString().AsSpan(), null));
                Assert.Equal(id, Id<Invoice>.ParseOrNone(id.ToString()));
            },
            iter: 2_000);

    [Fact]
    public void The_text_is_the_number_in_base_thirty_two_after_the_prefix() =>
        Gen.Guid.Sample(
            value =>
            {
                var rest = new BigInteger(value.ToByteArray(bigEndian: true), isUnsigned: true, isBigEndian: true);
                var text = "";
                for (var i = 0; i < 26; i++, rest /= 32) text = Digits[(int)(rest % 32)] + text;
                Assert.Equal("inv_" + text, new Id<Invoice>(value).ToString());
            },
            iter: 2_000);

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000", "inv_00000000000000000000000000")]
    [InlineData("00000000-0000-0000-0000-000000000001", "inv_00000000000000000000000001")]
    [InlineData("00000000-0000-0000-0000-000000000020", "inv_00000000000000000000000010")]
    [InlineData("80000000-0000-0000-0000-000000000000", "inv_40000000000000000000000000")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff", "inv_7zzzzzzzzzzzzzzzzzzzzzzzzz")]
    public void Known_ids(string value, string text)
    {
        Assert.Equal(text, new Id<Invoice>(Guid.Parse(value)).ToString());
        Assert.Equal(Guid.Parse(value), Id<Invoice>.Parse(text, null).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("inv")]
    [InlineData("inv_")]
    [InlineData("00000000000000000000000001")] // no prefix
    [InlineData("rec_00000000000000000000000001")] // another resource's
    [InlineData("INV_00000000000000000000000001")]
    [InlineData("invv00000000000000000000000001")]
    [InlineData("inv-00000000000000000000000001")]
    [InlineData("inv_0000000000000000000000001")] // 25
    [InlineData("inv_000000000000000000000000001")] // 27
    [InlineData("inv_80000000000000000000000000")] // 129 bits
    [InlineData("inv_z0000000000000000000000000")]
    [InlineData("inv_0000000000000000000000000A")]
    [InlineData("inv_0000000000000000000000000i")] // i, l, o and u are no digits
    [InlineData("inv_0000000000000000000000000l")]
    [InlineData("inv_0000000000000000000000000o")]
    [InlineData("inv_0000000000000000000000000u")]
    [InlineData("inv_0000000000000000000000000 ")]
    [InlineData(" nv_00000000000000000000000001")]
    [InlineData("inv_0000000000000000000000000-")]
    [InlineData("inv_!0000000000000000000000000")]
    [InlineData("inv_0000000000000000000000000é")]
    [InlineData("inv_0000000000000000000000000\0")]
    [InlineData("019d8000-0000-7000-8000-000000000000")]
    public void What_is_no_such_id_is_refused_and_reads_as_the_id_of_nothing(string text)
    {
        Assert.False(Id<Invoice>.TryParse(text, null, out var id));
        Assert.Equal(default, id);
        Assert.Equal(default, Id<Invoice>.ParseOrNone(text));
        Assert.Contains("inv_", Assert.Throws<FormatException>(() => Id<Invoice>.Parse(text, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_is_no_id()
    {
        Assert.False(Id<Invoice>.TryParse(null, null, out _));
        Assert.Equal(default, Id<Invoice>.ParseOrNone(null));
    }

    [Fact]
    public void Upper_case_is_refused_so_that_an_id_has_one_spelling() =>
        Gen.Guid.Sample(value =>
        {
            var text = new Id<Invoice>(value).ToString();
            var upper = "inv_" + text[4..].ToUpperInvariant();
            if (upper != text) Assert.False(Id<Invoice>.TryParse(upper, null, out _));
        });

    [Fact]
    public void Any_change_of_one_character_gives_another_id_or_none() =>
        Gen.Select(Gen.Guid, Gen.Int[0, 29], Gen.Char[' ', '~']).Sample(
            (value, position, character) =>
            {
                var id = new Id<Invoice>(value);
                var text = id.ToString().ToCharArray();
                if (text[position] == character) return;
                text[position] = character;
                if (Id<Invoice>.TryParse(new string(text), null, out var other)) Assert.NotEqual(id, other);
            },
            iter: 2_000);

    [Fact]
    public void One_resources_id_is_not_anothers()
    {
        var invoice = Id<Invoice>.New(7, Now);

        Assert.False(Id<Receipt>.TryParse(invoice.ToString(), null, out _));
        Assert.StartsWith("rec_", new Id<Receipt>(invoice.Value).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_shard_key_is_carried_through_the_text()
    {
        for (int key = short.MinValue; key <= short.MaxValue; key++)
        {
            var id = Id<Invoice>.New((short)key, Now);
            Assert.Equal(key, id.ShardKey);
            Assert.Equal(key, Id<Invoice>.Parse(id.ToString(), null).ShardKey);
        }
    }

    [Fact]
    public void The_shard_key_is_the_last_sixteen_bits()
    {
        Assert.EndsWith("0102", Id<Invoice>.New(0x0102, Now).Value.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("ffff", Id<Invoice>.New(-1, Now).Value.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("8000", Id<Invoice>.New(short.MinValue, Now).Value.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_stays_a_version_seven_uuid_of_its_millisecond() =>
        Gen.Select(Gen.Short, Gen.Long[0, 4_102_444_800_000]).Sample((key, milliseconds) =>
        {
            var value = Id<Invoice>.New(key, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)).Value;
            Assert.Equal(7, value.Version);
            Assert.InRange(value.Variant, 8, 11);
            var text = value.ToString("N");
            Assert.Equal(milliseconds, Convert.ToInt64(text[..12], 16));
        });

    [Fact]
    public void Ids_sort_by_time_as_text_and_as_stored_bytes_whatever_their_shards() =>
        Gen.Select(Gen.Long[0, 4_102_444_800_000], Gen.Long[1, 100_000_000], Gen.Short, Gen.Short).Sample(
            (milliseconds, later, a, b) =>
            {
                var first = Id<Invoice>.New(a, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
                var second = Id<Invoice>.New(b, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds + later));
                Assert.True(string.CompareOrdinal(first.ToString(), second.ToString()) < 0);
                Assert.True(first.Value.ToByteArray(bigEndian: true).AsSpan().SequenceCompareTo(second.Value.ToByteArray(bigEndian: true)) < 0);
            },
            iter: 2_000);

    [Fact]
    public void Text_sorts_as_the_number_does() =>
        Gen.Select(Gen.Guid, Gen.Guid).Sample((a, b) =>
            Assert.Equal(
                Math.Sign(a.ToByteArray(bigEndian: true).AsSpan().SequenceCompareTo(b.ToByteArray(bigEndian: true))),
                Math.Sign(string.CompareOrdinal(new Id<Invoice>(a).ToString(), new Id<Invoice>(b).ToString()))));

    [Fact]
    public void Ids_of_one_shard_and_millisecond_differ() =>
        Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(_ => Id<Invoice>.New(1, Now)).Distinct().Count());

    private sealed class Invoice : IResource
    {
        public static string Prefix => "inv";
    }

    private sealed class Receipt : IResource
    {
        public static string Prefix => "rec";
    }
}
