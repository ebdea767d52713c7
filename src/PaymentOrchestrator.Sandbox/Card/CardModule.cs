using PaymentOrchestrator.Sandbox.Rates;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>The card acquirer in Stripe's wire format: its calls and its hosted pages.</summary>
internal static class CardModule
{
    public static void MapCard(this WebApplication app)
    {
        var services = app.Services;
        var db = services.GetRequiredService<SandboxDb>();
        var gateway = new StripeGateway(db, services.GetRequiredService<TimeProvider>());
        var intents = new PaymentIntents(services.GetRequiredService<EcbRates>());
        void Get(string path, StripeHandler handler) => app.MapGet("/v1" + path, gateway.Wrap(handler)).ExcludeFromDescription();
        void Post(string path, StripeHandler handler) => app.MapPost("/v1" + path, gateway.Wrap(handler)).ExcludeFromDescription();

        Post("/customers", Customers.Create);
        Get("/customers/{id}", Customers.Retrieve);
        Get("/customers/{id}/payment_methods", PaymentMethods.ListOfCustomer);
        Get("/payment_methods", PaymentMethods.List);
        Get("/payment_methods/{id}", PaymentMethods.Retrieve);
        Post("/payment_methods/{id}/attach", PaymentMethods.Attach);
        Post("/payment_methods/{id}/detach", PaymentMethods.Detach);
        Post("/setup_intents", SetupIntents.Create);
        Get("/setup_intents/{id}", SetupIntents.Retrieve);
        Post("/setup_intents/{id}/confirm", SetupIntents.Confirm);
        Post("/checkout/sessions", CheckoutSessions.Create);
        Get("/checkout/sessions/{id}", CheckoutSessions.Retrieve);
        Post("/payment_intents", intents.Create);
        Get("/payment_intents", PaymentIntents.List);
        Get("/payment_intents/{id}", PaymentIntents.Retrieve);
        Post("/payment_intents/{id}/confirm", PaymentIntents.Confirm);
        Post("/payment_intents/{id}/cancel", PaymentIntents.Cancel);
        Get("/disputes", Disputes.List);
        Get("/disputes/{id}", Disputes.Retrieve);
        Post("/disputes/{id}", Disputes.Update);
        Post("/disputes/{id}/close", Disputes.Close);
        Get("/balance_transactions", BalanceTransactions.List);
        Get("/refunds", Refunds.List);
        Post("/refunds", Refunds.Create);
        Get("/refunds/{id}", Refunds.Retrieve);
        app.Map("/v1/{**path}", gateway.Unknown).ExcludeFromDescription();

        var clock = services.GetRequiredService<TimeProvider>();
        new CheckoutPage(db, clock).Map(app);
        new AuthenticationPage(db, clock).Map(app);
    }
}
