using System.Globalization;
using System.Text.Json;
using PaymentOrchestrator.Sandbox.Authorizations;
using PaymentOrchestrator.Sandbox.Buyers;
using PaymentOrchestrator.Sandbox.Notifications;
using PaymentOrchestrator.Sandbox.Rates;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Controls;

/// <summary>Ours, not the providers': what is true of a buyer, and what was really executed.</summary>
internal static class ControlsModule
{
    public static void MapControls(this WebApplication app)
    {
        app.MapGet("/sandbox/buyers/{buyer_id}", Get)
            .WithTags("Buyers").WithSummary("A buyer's facts and balances")
            .WithDescription("A buyer never seen before has no fact and no money.")
            .Produces<BuyerView>().ProducesProblem(StatusCodes.Status404NotFound);
        app.MapPatch("/sandbox/buyers/{buyer_id}", Patch)
            .WithTags("Buyers").WithSummary("Change a buyer's facts and balances")
            .WithDescription(
                "Facts are independent of each other. Balances are given as what is available, in minor units. Making an account "
                + "exist that the platform may not use yet also authorises the platform and notifies it; if the platform doesn't "
                + "answer with 2xx the change is kept, the answer is a 502, and the same PATCH sends the notification again.")
            .Accepts<BuyerPatchBody>("application/json")
            .Produces<BuyerView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status502BadGateway);
        app.MapGet("/sandbox/executions", GetExecutions)
            .WithTags("Executions").WithSummary("What was really executed, newest last")
            .WithDescription("Only movements of money: a refusal or a replayed request adds nothing.")
            .Produces<ExecutionList>();
        app.MapGet("/sandbox/notifications", GetNotifications)
            .WithTags("Notifications").WithSummary("What the platform was told, or is still to be told, oldest first")
            .WithDescription("Of payments, refunds, orders and disputes; none while Sandbox:Notifications is not true.")
            .Produces<NotificationList>();
        app.MapGet("/sandbox/statements/{provider}", GetStatement)
            .WithTags("Statements").WithSummary("A provider's statement as CSV, oldest first")
            .WithDescription("What was executed from the one time up to the other (ISO 8601), in the columns that the README describes: the file that a person would download.")
            .Produces<string>(StatusCodes.Status200OK, "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapGet("/health/live", () => Results.Json(new { status = "live" }))
            .WithTags("Health").WithSummary("The process answers");
    }

    private static async Task<IResult> Get(string buyer_id, SandboxDb db) =>
        BuyerId.IsWellFormed(buyer_id) ? Results.Ok(await db.InTransaction(tx => View(tx, buyer_id))) : Problems.NoSuchBuyer();

    private static async Task<IResult> Patch(
        string buyer_id, HttpRequest request, SandboxDb db, EcbRates rates, ActingAsBuyer acting, PlatformNotifier notifier)
    {
        if (!BuyerId.IsWellFormed(buyer_id))
            return Problems.NoSuchBuyer();
        BuyerPatch patch;
        try
        {
            using var document = await JsonDocument.ParseAsync(
                request.Body, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 }, request.HttpContext.RequestAborted);
            var (read, field, message) = BuyerPatch.Read(document.RootElement, rates);
            if (read is null)
                return Problems.Invalid(field, message);
            patch = read;
        }
        catch (JsonException)
        {
            return Problems.Invalid("body", "is no JSON, or names something twice.");
        }

        var announcements = await db.InTransaction(async tx =>
        {
            await BuyerChanges.Apply(tx, buyer_id, patch);
            return await acting.Authorise(tx, buyer_id, patch.Facts);
        });
        // The platform answers a notification by calling us: nothing may be open or locked here.
        foreach (var announcement in announcements)
        {
            if (await notifier.Send(announcement) is { } reason)
                return Problems.PlatformUnreachable(announcement.Name, reason);
            await db.InTransaction(announcement.MarkDelivered);
        }

        return Results.Ok(await db.InTransaction(tx => View(tx, buyer_id)));
    }

    private static async Task<IResult> GetExecutions(SandboxDb db, string? payment = null, string? buyer = null)
    {
        var executions = await db.InTransaction(tx => Executions.List(tx, payment, buyer));
        return Results.Ok(new ExecutionList([.. executions.Select(ExecutionView.Of)]));
    }

    private static async Task<IResult> GetNotifications(SandboxDb db, string? buyer = null)
    {
        var rows = await db.InTransaction(tx => Outbox.List(tx, buyer));
        return Results.Ok(new NotificationList([.. rows.Select(NotificationView.Of)]));
    }

    private static async Task<IResult> GetStatement(string provider, SandboxDb db, string? from = null, string? to = null)
    {
        if (provider is not (Providers.WorldFirst or Providers.Alipay or Providers.Card))
            return Problems.Invalid("provider", "is worldfirst, alipay or card.");
        if (!DateTimeOffset.TryParse(from, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start))
            return Problems.Invalid("from", "is no time.");
        if (!DateTimeOffset.TryParse(to, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
            return Problems.Invalid("to", "is no time.");
        var lines = await db.InTransaction(tx => Statements.List(tx, provider, start.UtcDateTime, end.UtcDateTime, after: 0, limit: 200_000));
        return Results.Text(Statements.Csv(lines), "text/csv; charset=utf-8");
    }

    private static async Task<BuyerView> View(Tx tx, string buyerId) =>
        BuyerView.Of(await BuyerStore.Read(tx, buyerId), await BuyerStore.Balances(tx, buyerId));
}
