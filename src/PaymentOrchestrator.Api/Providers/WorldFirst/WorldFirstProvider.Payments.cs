using System.Globalization;
using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.WorldFirst;

/// <summary>Prices and debits.</summary>
internal sealed partial class WorldFirstProvider
{
    public async Task<ProviderAnswer<MidRate>> MidAsync(Currency source, Money order, CancellationToken cancellationToken)
    {
        if (order.Currency != Currency.Cny) throw new ArgumentException("An order is in CNY.", nameof(order));
        if (source == Currency.Cnh)
            return new ProviderAnswer<MidRate>.Ok(new MidRate(new ExchangeRate(Currency.Cnh, Currency.Cny, 1m), "par", time.GetUtcNow(), Stale: false));
        if (source == Currency.Cny)
            return new ProviderAnswer<MidRate>.Refused(FailureCode.CurrencyNotSupported, "CNY is not exchanged into CNY.");

        var request = new CreateQuoteRequest { Sell = new AntAmount { Currency = source.Code }, Buy = InCnh(order), ExchangeTradeType = "SPOT" };
        var reply = await client.SendAsync(
            "/business/fund/createQuote", request, Json.CreateQuoteRequest, Json.CreateQuoteAnswer,
            safeToRepeat: false, accessToken: null, cancellationToken);
        return reply.ToAnswer(answer => Mid(answer, source, order));
    }

    public async Task<DebitOutcome> DebitAsync(Debit debit, CancellationToken cancellationToken)
    {
        var request = new CreateTransferRequest
        {
            TransferRequestId = debit.RequestId,
            ProductCode = debit.Method switch
            {
                PaymentMethod.WorldPay => "WORLD_PAY",
                PaymentMethod.WorldFirstBalance => "WORLDFIRST_BALANCE",
                _ => throw new ArgumentException($"WorldFirst does not debit by {debit.Method.Code()}.", nameof(debit)),
            },
            QuoteId = debit.ProviderQuoteId,
            TransferFromAmount = AntAmount.Of(debit.Total),
            TransferToAmount = InCnh(debit.Order),
            ReferenceOrderId = debit.OrderId,
            TransferMemo = debit.PaymentId,
        };
        var reply = await client.SendAsync(
            "/business/fund/createTransfer", request, Json.CreateTransferRequest, Json.TransferAnswer,
            safeToRepeat: false, OAuthSecret.Of(debit.Account).AccessToken, cancellationToken);
        return AntDebits.Of(reply, debit, Moved);
    }

    public async Task<DebitOutcome> InquireAsync(Debit debit, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(
            "/business/fund/inquiryTransfer", new InquiryTransferRequest { TransferRequestId = debit.RequestId },
            Json.InquiryTransferRequest, Json.TransferAnswer, safeToRepeat: true, OAuthSecret.Of(debit.Account).AccessToken, cancellationToken);
        return AntDebits.OfInquiry(reply, debit, answer => answer.TransferStatus switch
        {
            "SUCCESS" => Moved(answer),
            "PROCESSING" => new DebitOutcome.Pending(answer.TransferId, null),
            "FAIL" when answer.TransferRequestId == debit.RequestId => AntDebits.Refused(answer.TransferResultCode, answer.TransferId),
            _ => new DebitOutcome.Unknown("The inquiry's answer names no status that is known."),
        });
    }

    /// <summary>The answer of a transfer that was made. What it says it moved is passed on as it is; whether that is right is not decided here.</summary>
    private static DebitOutcome Moved(TransferAnswer answer) =>
        answer is { TransferRequestId: not null, TransferId: { Length: > 0 } id } &&
        AntAmount.TryRead(answer.TransferFromAmount, out var debited) && AntAmount.TryRead(answer.TransferToAmount, out var paid)
            ? new DebitOutcome.Succeeded(id, debited, InCny(paid))
            : new DebitOutcome.Unknown("The answer to the transfer lacks a field that it must have.");

    /// <summary>Null where the answer is no guaranteed price for exactly this order: then there is none.</summary>
    private static MidRate? Mid(CreateQuoteAnswer answer, Currency source, Money order)
    {
        if (answer.Quote is not { QuoteId: { Length: > 0 } id, QuoteStartTime: { } start, QuoteExpiryTime: { } expiry, Guaranteed: "true" } quote) return null;
        if (quote.QuoteCurrencyPair != $"{source.Code}/{Currency.Cnh.Code}") return null;
        if (!AntAmount.TryRead(answer.Buy, out var bought) || InCny(bought) != order) return null;
        if (!decimal.TryParse(quote.QuotePrice, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price)) return null;
        // Wider than any two currencies lie apart, and narrow enough to be exact.
        if (price is < 0.000000001m or > 1_000_000_000m) return null;
        // Ten significant digits already; a longer price is brought to the form that quotes carry.
        var (numerator, denominator) = ExactMath.Fraction(price);
        var rate = new ExchangeRate(source, Currency.Cny, ExactMath.RateHalfEven(numerator, denominator));
        return new MidRate(rate, Name, start, Stale: false, id, expiry);
    }
}
