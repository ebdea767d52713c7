using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Sandbox.Ant;

/// <summary>An answer in Ant's envelope.</summary>
internal sealed record AntReply(string Status, string Code, string Message, JsonObject Fields)
{
    public static AntReply Success(JsonObject? fields = null) => new("S", "SUCCESS", "Success", fields ?? []);

    /// <summary>U: accepted and not decided, or not even known.</summary>
    public static AntReply Undecided(string code, string message, JsonObject? fields = null) => new("U", code, message, fields ?? []);

    /// <summary>No answer at all.</summary>
    public static readonly AntReply None = new("", "", "", []);

    /// <summary>The gateway's own "I don't know".</summary>
    public static AntReply Unknown() => Undecided("UNKNOWN_EXCEPTION", "An API call has failed, which is caused by unknown reasons.");

    public static AntReply Fail(string code, string message) => new("F", code, message, []);

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["result"] = new JsonObject { ["resultStatus"] = Status, ["resultCode"] = Code, ["resultMessage"] = Message },
        };
        foreach (var (name, value) in Fields)
            json[name] = value?.DeepClone();
        return json;
    }
}

/// <summary>
/// A refusal that leaves nothing behind: thrown from any depth, it undoes the call's transaction. Refusals which the
/// provider must remember are answers, not exceptions.
/// </summary>
internal sealed class AntRefusalException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;

    public static AntRefusalException ParamIllegal(string message) => new("PARAM_ILLEGAL", message);

    public static AntRefusalException InvalidToken() => new("INVALID_TOKEN", "The access token is unknown, expired or revoked.");
}
