namespace PaymentOrchestrator.Sandbox.Controls;

/// <summary>application/problem+json of the controls, with a stable code.</summary>
internal static class Problems
{
    public static IResult Invalid(string field, string message) => Results.Problem(
        statusCode: StatusCodes.Status400BadRequest, title: "The request is invalid.", detail: $"{field}: {message}",
        extensions: new Dictionary<string, object?>
        {
            ["code"] = "invalid_request",
            ["errors"] = new[] { new { field, message } },
        });

    public static IResult NoSuchBuyer() => Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "There is no such buyer.", detail: "A buyer id looks like byr_….",
        extensions: new Dictionary<string, object?> { ["code"] = "not_found" });

    public static IResult NoSuchFault() => Results.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "There is no such fault.",
        extensions: new Dictionary<string, object?> { ["code"] = "not_found" });

    public static IResult PlatformUnreachable(string notification, string reason) => Results.Problem(
        statusCode: StatusCodes.Status502BadGateway, title: "The platform did not take a notification.",
        detail: $"{notification}: {reason} The change is kept; the same PATCH sends what is missing again.",
        extensions: new Dictionary<string, object?> { ["code"] = "platform_unreachable", ["notification"] = notification });
}
