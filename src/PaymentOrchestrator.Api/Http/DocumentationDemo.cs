using System.Text.Encodings.Web;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// What the host of the demo data tells Swagger UI: the real ids for the examples, and the demo key, so that a newcomer's first call needs nothing pasted.
/// Set by that host alone. A live key is refused at the start.
/// </summary>
internal sealed class DocumentationDemo
{
    public const string ScriptPath = "/swagger/demo.js";

    private readonly IConfiguration configuration;

    /// <exception cref="InvalidOperationException">The key is none of the test mode.</exception>
    public DocumentationDemo(IConfiguration configuration)
    {
        this.configuration = configuration;
        Key = configuration["Documentation:DemoKey"];
        if (Key is not null && !Key.StartsWith("po_test_", StringComparison.Ordinal))
            throw new InvalidOperationException("Documentation:DemoKey must be a test key: whoever opens Swagger UI is given it.");
    }

    /// <summary>Null everywhere but on a machine with demo data.</summary>
    public string? Key { get; }

    /// <summary>The document with the demo data's ids in its examples, as far as they are known by now.</summary>
    public string Fill(string document)
    {
        var real = configuration.GetSection("Documentation:Demo");
        return DocumentationExamples.Demo.Aggregate(document, (text, thing) => real[thing.Key] is { } id ? text.Replace(thing.Value, id, StringComparison.Ordinal) : text);
    }

    /// <summary>
    /// Swagger UI begins with the authorisation that it remembers: the script makes it remember the demo key, once. A key of the user's own, entered later, stays.
    /// And it chooses an example's Idempotency-Key with the example's body, which Swagger UI keeps apart: a key stands for one request.
    /// </summary>
    public void MapKey(WebApplication app)
    {
        if (Key is null) return;
        var key = JavaScriptEncoder.Default.Encode(Key);
        var script = $$"""
            if (localStorage.getItem("demo_key") !== "{{key}}") {
              localStorage.setItem("demo_key", "{{key}}");
              localStorage.setItem("authorized", JSON.stringify({ api_key: { name: "api_key", schema: { type: "http", scheme: "bearer" }, value: "{{key}}" } }));
            }
            document.addEventListener("change", ({ target }) => {
              if (!target.matches(".opblock-section-request-body select.examples-select-element")) return;
              const key = target.closest(".opblock").querySelector('tr[data-param-name="Idempotency-Key"] select.examples-select-element');
              if (!key || ![...key.options].some(({ value }) => value === target.value)) return;
              Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(key, target.value);
              key.dispatchEvent(new Event("change", { bubbles: true }));
            });
            """;
        app.MapGet(ScriptPath, () => Results.Text(script, "text/javascript")).WithMetadata(new KeylessAttribute()).ExcludeFromDescription();
    }
}
