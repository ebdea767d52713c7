using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Sandbox.Card;

/// <summary>An answer with Stripe's status and body.</summary>
internal sealed record StripeReply(int Status, JsonObject Body)
{
    public static StripeReply Ok(JsonObject body) => new(StatusCodes.Status200OK, body);

    /// <summary>A decline is an outcome: it is stored and replayed, and the object that it hit goes along.</summary>
    public static StripeReply Declined(Decline decline, string subject, JsonObject subjectJson, JsonObject paymentMethod, string? charge = null)
    {
        var error = DeclineJson(decline, paymentMethod);
        error["charge"] = charge;
        error[subject] = subjectJson;
        return new StripeReply(StatusCodes.Status402PaymentRequired, new JsonObject { ["error"] = error });
    }

    public static JsonObject DeclineJson(Decline decline, JsonObject? paymentMethod) => new()
    {
        ["type"] = "card_error",
        ["code"] = decline.Code,
        ["decline_code"] = decline.DeclineCode,
        ["message"] = decline.Message,
        ["payment_method"] = paymentMethod,
    };
}

/// <summary>A request that is refused as it stands: nothing is kept of it, and its Idempotency-Key stays free.</summary>
internal sealed class StripeErrorException(int status, string type, string? code, string message, string? param = null) : Exception(message)
{
    public StripeReply ToReply()
    {
        var error = new JsonObject { ["type"] = type, ["message"] = Message };
        if (code is not null)
            error["code"] = code;
        if (param is not null)
            error["param"] = param;
        return new StripeReply(status, new JsonObject { ["error"] = error });
    }

    public static StripeErrorException Invalid(string message, string? param = null, string? code = null) =>
        new(StatusCodes.Status400BadRequest, "invalid_request_error", code, message, param);

    public static StripeErrorException Missing(string param) =>
        Invalid($"Missing required param: {param}.", param, "parameter_missing");

    /// <summary>404 for the address itself, 400 for an object that a parameter names, as Stripe does.</summary>
    public static StripeErrorException NoSuch(string what, string id, string? param = null) => new(
        param is null ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest,
        "invalid_request_error", "resource_missing", $"No such {what}: '{id}'", param ?? "id");

    public static StripeErrorException Unauthorized(string message) =>
        new(StatusCodes.Status401Unauthorized, "invalid_request_error", null, message);
}
