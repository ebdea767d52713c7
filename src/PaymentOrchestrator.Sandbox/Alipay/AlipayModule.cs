using PaymentOrchestrator.Sandbox.Ant;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Alipay;

/// <summary>Alipay through Antom: its interfaces and its consent pages.</summary>
internal static class AlipayModule
{
    /// <summary>Antom writes no blanks in the Signature header and uses key version 1.</summary>
    public static AntParty Party(SandboxOptions options) => new("Alipay", options.Alipay, keyVersion: 1, separator: "");

    public static void MapAlipay(this WebApplication app)
    {
        var services = app.Services;
        var db = services.GetRequiredService<SandboxDb>();
        var clock = services.GetRequiredService<TimeProvider>();
        var authorizations = services.GetRequiredService<AuthorizationStore>();
        var party = services.GetRequiredKeyedService<AntParty>(Providers.Alipay);

        var linking = new AlipayAuthorizations(db, authorizations, clock);
        var users = new AlipayUsers(db, authorizations);
        var payments = new AlipayPayments(db, authorizations, clock);
        new AntGateway(party, "/ams/api/v1", new Dictionary<string, AntHandler>
        {
            ["/authorizations/consult"] = linking.Consult,
            ["/authorizations/applyToken"] = linking.ApplyToken,
            ["/authorizations/revoke"] = linking.Revoke,
            ["/users/inquiryUserInfo"] = users.InquiryUserInfo,
            ["/payments/pay"] = payments.Pay,
            ["/payments/inquiryPayment"] = payments.InquiryPayment,
            ["/payments/cancel"] = payments.Cancel,
            ["/payments/refund"] = payments.Refund,
            ["/payments/inquiryRefund"] = payments.InquiryRefund,
            ["/payments/inquiryStatement"] = new AntStatements(db, Providers.Alipay).InquiryStatement,
        }, clock).Map(app);
        new AlipayConsent(db, authorizations, clock).Map(app);
        new AlipayCashier(db, clock).Map(app);
    }
}
