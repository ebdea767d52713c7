namespace PaymentOrchestrator.Sandbox.Consent;

/// <summary>A form that a buyer posted: approved or refused, with the ticked boxes.</summary>
internal sealed record Decision(bool Approved, IFormCollection Form)
{
    public bool Ticked(string box) => ConsentPage.IsTicked(Form, box);
}

/// <summary>The one shape of all consent pages: GET shows, POST to the same address decides.</summary>
internal static class ConsentRoutes
{
    public static void MapConsent(
        this IEndpointRouteBuilder app, string pattern, string summary,
        Func<HttpContext, Task<IResult>> show, Func<HttpContext, Decision, Task<IResult>> decide)
    {
        app.MapGet(pattern, show).WithTags("Consent pages").WithSummary(summary)
            .WithDescription("An HTML page for a browser.");
        app.MapPost(pattern, async (HttpContext context) =>
        {
            if (!context.Request.HasFormContentType)
                return ConsentPage.Notice("Sandbox", "Not a form", "Post the form field decision=approve or decision=refuse.");
            var form = await context.Request.ReadFormAsync();
            return form["decision"].ToString() switch
            {
                "approve" => await decide(context, new Decision(true, form)),
                "refuse" => await decide(context, new Decision(false, form)),
                _ => ConsentPage.Notice("Sandbox", "No decision", "The form field decision must be approve or refuse."),
            };
        }).WithTags("Consent pages").WithSummary(summary + ": the buyer's decision")
            .WithDescription("Form field `decision=approve|refuse`; the answer is a 303 to the redirect address. "
                + "Without the page's hidden marker every box counts as ticked.");
    }
}
