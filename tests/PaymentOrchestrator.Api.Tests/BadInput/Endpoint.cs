using System.Text.Json.Nodes;

namespace PaymentOrchestrator.Api.Tests.BadInput;

internal enum FieldKind
{
    Text,
    Id,
    Choice,
    Currency,
    Amount,
    Integer,
    Object,
    Choices,
}

/// <param name="Path">As problems name it.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Required">Whether a body without it is refused for that reason.</param>
internal sealed record Field(string Path, FieldKind Kind, bool Required = true);

/// <summary>A POST endpoint with a body that it would accept.</summary>
internal sealed record Endpoint(string Path, JsonObject Good, params Field[] Fields)
{
    /// <summary>The paths of the objects in it, the body itself first.</summary>
    public IEnumerable<string> Objects => Fields.Where(one => one.Kind is FieldKind.Object or FieldKind.Amount).Select(one => one.Path).Prepend("");
}

/// <summary>One thing wrong.</summary>
/// <param name="Name">For the failure's message.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Status">What must be answered.</param>
/// <param name="Code">The problem's code.</param>
/// <param name="Named">The field that the problem must name; null for none.</param>
internal sealed record Fault(string Name, byte[] Body, int Status = 400, string Code = "validation_failed", string? Named = null, string? ContentType = "application/json");
