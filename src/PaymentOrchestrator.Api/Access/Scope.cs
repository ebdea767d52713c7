using System.Reflection;

namespace PaymentOrchestrator.Api.Access;

/// <summary>What a key may do. A key has only the scopes that it was given: none of them includes another, <c>admin</c> neither.</summary>
/// <param name="Code">As keys and the contract name it.</param>
/// <param name="Meaning">For the contract.</param>
internal sealed record Scope(string Code, string Meaning)
{
    public static readonly Scope Read = new("read", "Read everything of the marketplace in the key's mode, but keys and the audit log.");
    public static readonly Scope AccountsWrite = new("accounts:write", "Create buyers; link and unlink their accounts.");
    public static readonly Scope QuotesWrite = new("quotes:write", "Ask for eligibility, quotes and payment options.");
    public static readonly Scope PaymentsWrite = new("payments:write", "Pay quotes and cancel payments.");
    public static readonly Scope RefundsWrite = new("refunds:write", "Give payments back.");
    public static readonly Scope SessionsWrite = new("sessions:write", "Open and end buyer sessions, which let a buyer's browser ask for prices, link accounts and pay.");
    public static readonly Scope WebhooksManage = new("webhooks:manage", "Say where events are sent, and have them sent again.");
    public static readonly Scope FeesManage = new("fees:manage", "Publish fee schedules.");
    public static readonly Scope Operate = new("operate", "Say what became of payments and refunds under review, reconcile, accept rates.");
    public static readonly Scope Admin = new("admin", "Make, rotate and revoke keys; read the audit log.");

    public static IReadOnlyList<Scope> All { get; } =
        [.. typeof(Scope).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<Scope>()];

    public static IReadOnlyList<string> Codes { get; } = [.. All.Select(scope => scope.Code)];
}

/// <summary>Metadata: the scope that a key needs for the endpoint.</summary>
internal sealed record NeededScope(Scope Scope);

/// <summary>Metadata: a publishable key with a buyer session may call the endpoint as well.</summary>
internal sealed record OpenToBuyers;

/// <summary>Metadata: what is done here is written to the audit log, refusals included.</summary>
internal sealed record Audited;

internal static class EndpointAccess
{
    /// <summary>Every endpoint of /v1 says what a key needs for it; the application does not start with one that does not.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, Scope scope) => endpoint.WithMetadata(new NeededScope(scope));

    /// <summary>Open to a buyer's browser. The handler must keep to the session's buyer: see <see cref="Http.Caller.Session"/>.</summary>
    public static RouteHandlerBuilder OpenToBuyers(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new OpenToBuyers());

    /// <summary>
    /// The endpoint's refusals are written to the audit log. Its success is not: the handler writes that with <see cref="AuditEntry"/>, in the commit of what
    /// it did.
    /// </summary>
    public static RouteHandlerBuilder Audited(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new Audited()).AddEndpointFilter(AuditTrail.RecordRefusal);

    /// <exception cref="InvalidOperationException">An endpoint says neither that it is keyless nor what a key needs for it.</exception>
    public static void RequireDeclaredAccess(this IEndpointRouteBuilder app)
    {
        var undeclared = app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => (endpoint.Metadata.GetMetadata<Http.KeylessAttribute>() is null) == (endpoint.Metadata.GetMetadata<NeededScope>() is null))
            .Select(endpoint => endpoint.DisplayName).ToList();
        if (undeclared.Count > 0)
            throw new InvalidOperationException($"Say with .Needs(Scope.…) what a key needs for these endpoints: {string.Join("; ", undeclared)}.");
    }
}
