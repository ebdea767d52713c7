using System.Text.Json;
using PaymentOrchestrator.Sandbox.Controls;

namespace PaymentOrchestrator.Sandbox.Faults;

/// <summary>The controls for scripted trouble.</summary>
internal static class FaultsModule
{
    public static void MapFaults(this WebApplication app)
    {
        app.MapPost("/sandbox/faults", Add)
            .WithTags("Faults").WithSummary("Script trouble")
            .WithDescription(
                "Faults that match a call are tried oldest first, and one happens. Whatever is called \"after\", a cut body, a wrong amount or "
                + "reference, a bad signature and a delay happen to the answer of a call that was really executed. Notification faults are "
                + "scoped by the notification's type.")
            .Accepts<FaultRequest>("application/json")
            .Produces<FaultView>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest);
        app.MapGet("/sandbox/faults", async (FaultStore faults) => Results.Ok(new FaultList([.. (await faults.List()).Select(FaultView.Of)])))
            .WithTags("Faults").WithSummary("The scripted faults, oldest first").Produces<FaultList>();
        app.MapDelete("/sandbox/faults", async (FaultStore faults) =>
            {
                await faults.Delete(null);
                return Results.NoContent();
            })
            .WithTags("Faults").WithSummary("End all trouble").Produces(StatusCodes.Status204NoContent);
        app.MapDelete("/sandbox/faults/{fault_id}", async (string fault_id, FaultStore faults) =>
                await faults.Delete(fault_id) == 1 ? Results.NoContent() : Problems.NoSuchFault())
            .WithTags("Faults").WithSummary("End one fault")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> Add(HttpRequest request, FaultStore faults)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(
                request.Body, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 }, request.HttpContext.RequestAborted);
            var (fault, field, message) = FaultBody.Read(document.RootElement);
            if (fault is null)
                return Problems.Invalid(field, message);
            await faults.Add(fault);
            return Results.Json(FaultView.Of(fault), statusCode: StatusCodes.Status201Created);
        }
        catch (JsonException)
        {
            return Problems.Invalid("body", "is no JSON, or names something twice.");
        }
    }
}
