using System.Globalization;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Texts;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.PaymentOptions;

/// <summary>
/// What a bank transfer is taken to cost, from <c>Comparison:BankTransfer</c>: <c>FixedFee:Currency</c>, <c>FixedFee:Value</c> (minor units) and
/// <c>Percentage</c>. Nothing is compared where the section is missing: the figures are the marketplace's to give.
/// </summary>
internal sealed class BankTransferComparison
{
    private const string Section = "Comparison:BankTransfer";

    /// <exception cref="InvalidOperationException">The section is half filled or does not say amounts.</exception>
    public BankTransferComparison(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        if (!section.Exists()) return;
        Terms = Currency.TryParse(section["FixedFee:Currency"], out var currency)
            && long.TryParse(section["FixedFee:Value"], NumberStyles.None, CultureInfo.InvariantCulture, out var fee) && fee <= Money.MaxValue
            && decimal.TryParse(section["Percentage"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percentage)
            ? new BankTransferTerms(new Money(currency, fee), percentage)
            : throw new InvalidOperationException(
                $"Set {Section}:FixedFee:Currency, {Section}:FixedFee:Value (minor units, 0 or more) and {Section}:Percentage (0 or more), or none of them.");
    }

    /// <summary>Null where nothing is configured.</summary>
    public BankTransferTerms? Terms { get; }

    /// <summary>The row as it is shown; null where nothing is configured, or where its cost cannot be said in the yardstick's currency.</summary>
    public BankTransfer? For(Money order, Yardstick yardstick, AcceptedLanguage language) => Terms is not null && yardstick.CostOf(order, Terms) is { } cost
        ? new BankTransfer
        {
            Cost = cost,
            FixedFee = Terms.FixedFee,
            Percentage = Terms.Percentage.ToString("0.############", CultureInfo.InvariantCulture),
            Arrival = BuyerTexts.Of(language, "arrival.days"),
        }
        : null;
}
