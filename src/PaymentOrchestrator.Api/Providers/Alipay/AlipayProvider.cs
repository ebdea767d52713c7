using System.Text.Json;
using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Alipay;

/// <summary>
/// Alipay through Antom: an agreement with the buyer once, then debits in CNY without the buyer; where there is no agreement, or Alipay
/// asks all the same, the buyer confirms at Alipay's cashier. Paying and linking are Antom's public
/// protocol; that a buyer's identity and funding can be read (<c>inquiryUserInfo</c>) is modelled.
/// </summary>
internal sealed partial class AlipayProvider(AntClient client, AlipayConsents consents, AlipayOptions options)
    : IAccountLinker, IAccountRefresher, IPaymentGateway, ICancelGateway, IRefundGateway
{
    public const string Name = "alipay";

    private static readonly AlipayJson Json = AlipayJson.Default;

    public static ProviderCapabilities Capabilities { get; } = new(
        Name,
        [PaymentMethod.Alipay],
        [LinkProvider.Alipay, LinkProvider.MainlandBank],
        [
            ProviderOperation.Link, ProviderOperation.RefreshAuthorization, ProviderOperation.RevokeAuthorization, ProviderOperation.ReadFacts,
            ProviderOperation.Debit, ProviderOperation.Inquire, ProviderOperation.Cancel, ProviderOperation.Refund, ProviderOperation.ReadStatement,
            ProviderOperation.ReceiveNotifications,
        ])
    {
        // Antom takes more; a mainland Alipay account pays an order in CNY.
        DocumentedCurrencies = [Currency.Cny],
        Notifications = ["notifyPayment", "notifyRefund", "notifyAuthorization"],
    };

    public LinkProvider Provider => LinkProvider.Alipay;

    public IReadOnlyList<PaymentMethod> Methods => Capabilities.Methods;

    public Task<ProviderAnswer<LinkStart>> StartAsync(LinkRequest request, CancellationToken cancellationToken) =>
        consents.ConsultAsync(request, "AGREEMENT_PAY", accessToken: null, cancellationToken);

    public async Task<ProviderAnswer<AccountGrant>> CompleteAsync(LinkCompletion completion, CancellationToken cancellationToken) =>
        await GrantAsync(await consents.RedeemAsync(completion, cancellationToken), knownId: null, cancellationToken);

    public async Task<ProviderAnswer<AccountGrant>> RefreshAsync(AccountCredential account, CancellationToken cancellationToken) =>
        OAuthSecret.Of(account).RefreshToken is { } refreshToken
            ? await GrantAsync(await consents.RenewAsync(refreshToken, cancellationToken), account.ProviderAccountId, cancellationToken)
            : new ProviderAnswer<AccountGrant>.Refused(FailureCode.AuthorizationExpired, "The account must be linked again.");

    public async Task<ProviderAnswer<bool>> RevokeAsync(AccountCredential credential, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(
            "/authorizations/revoke", new AccessTokenRequest { AccessToken = OAuthSecret.Of(credential).AccessToken },
            Json.AccessTokenRequest, Json.AntBareAnswer, safeToRepeat: false, accessToken: null, cancellationToken);
        return reply.ToRevocation();
    }

    /// <summary>What Alipay says of the account. Refused with <see cref="FailureCode.AuthorizationExpired"/> when the buyer must link again.</summary>
    /// <exception cref="OperationCanceledException">The caller's token asked for it.</exception>
    public async Task<ProviderAnswer<AlipayFacts>> ReadFactsAsync(AccountCredential account, CancellationToken cancellationToken)
    {
        var reply = await UserInfoAsync(OAuthSecret.Of(account).AccessToken, cancellationToken);
        return reply.ToAnswer(answer =>
            answer is { AccountStatus: { } status, IdentityStatus: { } identity, MainlandBankAccount: { } bank, BankCardLinked: { } linked } &&
            AntAmount.TryRead(answer.AvailableBalance, out var balance) && balance.Currency == Currency.Cny
                ? new AlipayFacts(status == "ACTIVE", identity == "VERIFIED", bank == "true", linked == "true", balance)
                : null);
    }

    public async Task<DebitOutcome> DebitAsync(Debit debit, CancellationToken cancellationToken)
    {
        if (debit.Method != PaymentMethod.Alipay) throw new ArgumentException($"Alipay does not debit by {debit.Method.Code()}.", nameof(debit));
        var token = OAuthSecret.Of(debit.Account).AccessToken;
        var underAgreement = token.Length > 0;
        var request = new PayRequest
        {
            ProductCode = underAgreement ? "AGREEMENT_PAYMENT" : "CASHIER_PAYMENT",
            PaymentRequestId = debit.RequestId,
            Order = new PayOrder
            {
                ReferenceOrderId = debit.OrderId,
                OrderDescription = $"1688 order {debit.OrderId}",
                OrderAmount = AntAmount.Of(debit.Order),
                Buyer = new PayBuyer { ReferenceBuyerId = debit.BuyerId },
            },
            PaymentAmount = AntAmount.Of(debit.Total),
            PaymentMethod = new PayMethod { PaymentMethodType = "ALIPAY_CN", PaymentMethodId = underAgreement ? token : null },
            PaymentNotifyUrl = options.NotifyUrl?.AbsoluteUri,
            PaymentRedirectUrl = debit.ReturnUrl.AbsoluteUri,
            Env = new PayEnvironment { TerminalType = "WEB" },
            ExtendInfo = JsonSerializer.Serialize(new ExtendInfo { PaymentId = debit.PaymentId }, Json.ExtendInfo),
        };
        var reply = await client.SendAsync(
            "/payments/pay", request, Json.PayRequest, Json.PaymentAnswer, safeToRepeat: false, accessToken: null, cancellationToken);
        return AntDebits.Of(
            reply, debit, Paid,
            answer => Uri.TryCreate(answer.NormalUrl, UriKind.Absolute, out var page) && page.Scheme is "http" or "https" ? page : null);
    }

    public async Task<DebitOutcome> InquireAsync(Debit debit, CancellationToken cancellationToken)
    {
        var reply = await client.SendAsync(
            "/payments/inquiryPayment", new InquiryPaymentRequest { PaymentRequestId = debit.RequestId },
            Json.InquiryPaymentRequest, Json.PaymentAnswer, safeToRepeat: true, accessToken: null, cancellationToken);
        return AntDebits.OfInquiry(reply, debit, answer => answer.PaymentStatus switch
        {
            "SUCCESS" => Paid(answer),
            // PENDING: the buyer has done everything and the result is outstanding. It is not success.
            "PROCESSING" or "PENDING" => new DebitOutcome.Pending(answer.PaymentId, null),
            "FAIL" when answer.PaymentRequestId == debit.RequestId => AntDebits.Refused(answer.PaymentResultCode, answer.PaymentId),
            "CANCELLED" when answer.PaymentRequestId == debit.RequestId => new DebitOutcome.Canceled(answer.PaymentId),
            _ => new DebitOutcome.Unknown("The inquiry's answer names no status that is known."),
        });
    }

    /// <summary>Alipay names the amount that it took and says nothing of what reached the order.</summary>
    private static DebitOutcome Paid(PaymentAnswer answer) =>
        answer is { PaymentRequestId: not null, PaymentId: { Length: > 0 } id } && AntAmount.TryRead(answer.PaymentAmount, out var debited)
            ? new DebitOutcome.Succeeded(id, debited, null)
            : new DebitOutcome.Unknown("The answer to the payment lacks a field that it must have.");

    private async Task<ProviderAnswer<AccountGrant>> GrantAsync(
        ProviderAnswer<ApplyTokenAnswer> answer, string? knownId, CancellationToken cancellationToken)
    {
        switch (answer)
        {
            case ProviderAnswer<ApplyTokenAnswer>.Ok { Value: { AccessToken: { Length: > 0 } accessToken, UserLoginId: { Length: > 0 } login } value }:
                var secret = new OAuthSecret { AccessToken = accessToken, RefreshToken = value.RefreshToken };
                var id = knownId ?? await UserIdAsync(accessToken, cancellationToken) ?? login;
                return new ProviderAnswer<AccountGrant>.Ok(new AccountGrant(id, $"Alipay {login}", secret.ToText(), value.AccessTokenExpiryTime));
            case ProviderAnswer<ApplyTokenAnswer>.Refused refused:
                return new ProviderAnswer<AccountGrant>.Refused(refused.Code, refused.Message);
            case ProviderAnswer<ApplyTokenAnswer>.Unknown unknown:
                return new ProviderAnswer<AccountGrant>.Unknown(unknown.Reason);
            default:
                return new ProviderAnswer<AccountGrant>.Unknown("The answer holds no token.");
        }
    }

    /// <summary>
    /// The login in applyToken's answer is masked, and two buyers' masks can be alike, so the account is named by its user id. Null where
    /// that cannot be read just now: the code is used up and the grant must not be lost over a name.
    /// </summary>
    private async Task<string?> UserIdAsync(string accessToken, CancellationToken cancellationToken) =>
        (await UserInfoAsync(accessToken, cancellationToken)).ToAnswer(answer => answer.UserId) is ProviderAnswer<string>.Ok { Value: { Length: > 0 } id }
            ? id
            : null;

    private Task<AntReply<UserInfoAnswer>> UserInfoAsync(string accessToken, CancellationToken cancellationToken) => client.SendAsync(
        "/users/inquiryUserInfo", new AccessTokenRequest { AccessToken = accessToken },
        Json.AccessTokenRequest, Json.UserInfoAnswer, safeToRepeat: true, accessToken: null, cancellationToken);
}
