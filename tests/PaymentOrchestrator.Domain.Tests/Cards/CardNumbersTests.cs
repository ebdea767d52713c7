using System.Globalization;
using Xunit;

namespace PaymentOrchestrator.Domain.Tests.Cards;

public sealed class CardNumbersTests
{
    /// <summary>Numbers that brands and acquirers publish for testing; no one's card.</summary>
    public static TheoryData<string, string> Published => new()
    {
        { "Visa of 13", "4222222222222" },
        { "Visa of 16", "4242424242424242" },
        { "Visa of 19", "4000000000000000006" },
        { "Mastercard", "5555555555554444" },
        { "Mastercard's newer range, the lowest", "2223003122003222" },
        { "American Express 37", "378282246310005" },
        { "American Express 34", "343434343434343" },
        { "Discover 6011", "6011111111111117" },
        { "Discover 65", "6500000000000002" },
        { "Diners Club 30 of 14", "30569309025904" },
        { "Diners Club 36 of 14", "36227206271667" },
        { "JCB", "3566002020360505" },
        { "UnionPay of 16", "6200000000000005" },
        { "UnionPay of 19", "6205500000000000004" },
        { "Maestro", "6759649826438453" },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void Published_test_numbers_are_found_however_they_are_written(string name, string number)
    {
        Assert.NotEmpty(name);
        foreach (var written in Ways(number))
            Assert.True(CardNumbers.Contains(written), $"{name} as “{written}”");
    }

    [Theory]
    [MemberData(nameof(Published))]
    public void With_another_check_digit_it_is_no_card_number(string name, string number)
    {
        for (var other = 1; other < 10; other++)
        {
            var last = (char)('0' + ((number[^1] - '0' + other) % 10));
            Assert.False(CardNumbers.Contains(number[..^1] + last), name);
        }
    }

    [Theory]
    [InlineData("2221", 16)]
    [InlineData("2720", 16)]
    [InlineData("51", 16)]
    [InlineData("55", 16)]
    [InlineData("34", 15)]
    [InlineData("37", 15)]
    [InlineData("644", 19)]
    [InlineData("649", 16)]
    [InlineData("300", 14)]
    [InlineData("305", 14)]
    [InlineData("3095", 14)]
    [InlineData("38", 14)]
    [InlineData("39", 19)]
    [InlineData("3528", 16)]
    [InlineData("3589", 19)]
    [InlineData("62", 17)]
    [InlineData("62", 18)]
    [InlineData("5018", 13)]
    [InlineData("6763", 19)]
    [InlineData("2200", 16)]
    [InlineData("2204", 19)]
    [InlineData("81", 16)]
    public void The_edges_of_the_brands_ranges_are_inside(string beginning, int length) => Assert.True(CardNumbers.Contains(Numbers.WithCheckDigit(beginning, length)));

    [Theory]
    [InlineData("2220", 16)]
    [InlineData("2721", 16)]
    [InlineData("50", 16)]
    [InlineData("4", 14)]
    [InlineData("4", 15)]
    [InlineData("4", 17)]
    [InlineData("4", 18)]
    [InlineData("4", 12)]
    [InlineData("4", 20)]
    [InlineData("34", 16)]
    [InlineData("3527", 16)]
    [InlineData("3590", 16)]
    [InlineData("306", 14)]
    [InlineData("51", 15)]
    [InlineData("62", 15)]
    [InlineData("62", 20)]
    [InlineData("690", 13)]
    [InlineData("699", 13)]
    [InlineData("17", 13)]
    [InlineData("17", 16)]
    [InlineData("2026", 14)]
    [InlineData("2088", 16)]
    public void Outside_them_a_fitting_check_digit_means_nothing(string beginning, int length) => Assert.False(CardNumbers.Contains(Numbers.WithCheckDigit(beginning, length)));

    [Theory]
    [InlineData("my card 4242 4242 4242 4242 thanks")]
    [InlineData("my card is 4242-4242-4242-4242, thanks")]
    [InlineData("pay 3 with 4242 4242 4242 4242 12/27")]
    [InlineData("card4242424242424242")]
    [InlineData("card4242 4242 4242 4242exp")]
    [InlineData("attempt-4242424242424242")]
    [InlineData("attempt-4242-4242-4242-4242-2")]
    [InlineData("pan=4242424242424242;exp=1227")]
    [InlineData("a,b,4242424242424242,c")]
    [InlineData("4242424242424242.00")]
    [InlineData("卡号4242424242424242谢谢")]
    [InlineData("４２４２４２４２４２４２４２４２")]
    [InlineData("4242 4242 4242 4242")]
    [InlineData("4242 – 4242 – 4242 – 4242")]
    [InlineData("4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2")]
    [InlineData("3782 822463 10005")]
    [InlineData("4222222-222222")]
    [InlineData("  4242424242424242\n")]
    [InlineData("019abcde-1111-7222-8333-444455556666 4242424242424242")]
    [InlineData("%B4242424242424242^DOE/JOHN^2712")]
    public void A_number_is_found_within_other_text(string text)
    {
        Assert.True(CardNumbers.Contains(text));
        var hidden = CardNumbers.Hide(text);
        Assert.Contains("[card number]", hidden, StringComparison.Ordinal);
        Assert.False(CardNumbers.Contains(hidden));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no digits")]
    [InlineData("42424242424242421")]
    [InlineData("142424242424242424242424242")]
    [InlineData("2026-04-13T12:00:00.000Z 1776081600000")]
    [InlineData("1776081600000000000")]
    [InlineData("key-7f3a4242424242424242")]
    [InlineData("a4242424242424242b2")]
    [InlineData("41111111-1111-4111-8111-111111111111")]
    [InlineData("42424242-4242-4242-8242-424242424242")]
    [InlineData("user 560123-1719999999999-1")]
    [InlineData("+86 139 1234 5678, +86 139 8765 4321")]
    [InlineData("1,234,567.89 USD; 4,242.42 CNY")]
    [InlineData("192.168.100.100:8080 10.0.0.1")]
    [InlineData("6901234567892")]
    [InlineData("610947572360 610947572361")]
    public void What_people_write_besides_is_left_alone(string text) => Assert.False(CardNumbers.Contains(text));

    [Theory]
    [InlineData("62000000000000005", true)]
    [InlineData("4000000000000000006", true)]
    [InlineData("4242424242424242", false)]
    [InlineData("378282246310005", false)]
    [InlineData("4000 0000 0000 0000 006", false)]
    [InlineData("4000-0000-0000-0000-006", false)]
    [InlineData("order 4242424242424242", false)]
    public void As_an_order_number_only_an_undivided_one_of_17_to_19_digits_passes(string text, bool passes)
    {
        if (text.StartsWith("62", StringComparison.Ordinal)) text = Numbers.WithCheckDigit("62", 17);
        Assert.True(CardNumbers.Contains(text));
        Assert.Equal(passes, !CardNumbers.Contains(text, orderNumbersPass: true));
    }

    [Fact]
    public void A_million_order_numbers_and_as_many_of_our_own_ids_are_all_let_through()
    {
        var random = new Random(20260413);
        var now = new DateTimeOffset(2026, 4, 13, 0, 0, 0, TimeSpan.Zero);
        Span<char> number = stackalloc char[19];
        for (var i = 0; i < 1_000_000; i++)
        {
            var order = number[..random.Next(17, 20)];
            order[0] = (char)random.Next('1', '9' + 1);
            for (var at = 1; at < order.Length; at++) order[at] = (char)random.Next('0', '9' + 1);
            if (CardNumbers.Contains(order, orderNumbersPass: true)) Assert.Fail($"The order number {order} is refused.");

            var id = Id<Thing>.New((short)random.Next(short.MinValue, short.MaxValue + 1), now.AddMilliseconds(random.NextInt64(100L * 365 * 24 * 3600 * 1000)));
            if (CardNumbers.Contains(id.ToString())) Assert.Fail($"The id {id} is refused.");
            var request = i % 2 == 0 ? id.Value.ToString("D", CultureInfo.InvariantCulture) : $"req_{id.Value:N}";
            if (CardNumbers.Contains(request)) Assert.Fail($"{request} is refused.");
        }
    }

    [Theory]
    [InlineData("cvv", true)]
    [InlineData("CVV2", true)]
    [InlineData("card_cvc", true)]
    [InlineData("X-Cvc", true)]
    [InlineData("security-code", true)]
    [InlineData("track", true)]
    [InlineData("track_2", true)]
    [InlineData("Track1Data", true)]
    [InlineData("cardNumber", true)]
    [InlineData("pin_block", true)]
    [InlineData("tracking_number", false)]
    [InlineData("track_id", false)]
    [InlineData("traceparent", false)]
    [InlineData("card", false)]
    [InlineData("payment_method", false)]
    [InlineData("", false)]
    public void Fields_that_can_only_hold_card_data_are_known_by_name(string name, bool forbidden) => Assert.Equal(forbidden, CardFields.IsForbidden(name));

    private static IEnumerable<string> Ways(string number)
    {
        yield return number;
        foreach (var gap in new[] { " ", "-", " - ", "\u00A0", "\u2011", "\t" })
        {
            yield return string.Join(gap, number.Chunk(4).Select(part => new string(part)));
            yield return number[..4] + gap + number[4..];
            yield return string.Join(gap, number.AsEnumerable());
        }
    }

    private sealed record Thing : IResource
    {
        public static string Prefix => "thi";
    }
}

internal static class Numbers
{
    /// <summary>A number of the length with this beginning, zeros, and the check digit that fits.</summary>
    public static string WithCheckDigit(string beginning, int length)
    {
        var digits = beginning.PadRight(length - 1, '0');
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[digits.Length - 1 - i] - '0';
            sum += i % 2 == 1 ? digit : digit > 4 ? (2 * digit) - 9 : 2 * digit;
        }

        return digits + (char)('0' + ((10 - (sum % 10)) % 10));
    }
}
