using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Sandbox.Marketplace1688;

/// <summary>The open platform's way to refuse: a JSON text with error_code and error_message.</summary>
internal static class GatewayReply
{
    public static IResult Ok(JsonObject body) => Results.Json(body);

    /// <summary>The gateway itself refuses: signature, API, parameters.</summary>
    public static IResult GatewayError(string code, string message) => Error(StatusCodes.Status400BadRequest, code, message);

    public static IResult InvalidToken() =>
        Error(StatusCodes.Status401Unauthorized, "401", "Request need user authorized: the access token is unknown or has expired.");

    public static IResult InvalidGrant(string message) => Error(StatusCodes.Status400BadRequest, "invalid_grant", message);

    private static IResult Error(int status, string code, string message) =>
        Results.Json(new JsonObject { ["error_code"] = code, ["error_message"] = message }, statusCode: status);
}
