using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace PaymentOrchestrator.Api.Http;

/// <summary>
/// Holds a request's query against what the endpoint documents: a parameter that it does not know, or that is given twice, is refused by name. A filter
/// that is misspelt would otherwise answer with everything.
/// </summary>
internal static class QueryContract
{
    /// <summary>Stops before the endpoint. Endpoints without a key take what providers put into their addresses, and are left alone.</summary>
    public static async ValueTask<object?> RefuseUnknownParameters(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.Query.Count == 0 || http.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<KeylessAttribute>() is not null)
            return await next(context);
        var known = Known(http.RequestServices, metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName);
        var errors = Faults(http.Request.Query, [.. known, .. metadata.OfType<ReadsFromQuery>().SelectMany(part => part.Names)]);
        if (errors.Count == 0) return await next(context);
        await HttpAnswers.WriteAsync(http, Problem.Invalid([.. errors]));
        return Results.Empty;
    }

    private static List<FieldError> Faults(IQueryCollection query, IReadOnlyList<string> known)
    {
        var takes = known.Count == 0 ? "This address takes no query parameters." : $"This address takes {string.Join(", ", known)}.";
        List<FieldError> errors = [];
        foreach (var (name, values) in query.Take(20))
        {
            // A name of our own, as we spell it; what is not one of ours is named no further than it can be shown.
            var ours = known.FirstOrDefault(one => string.Equals(one, name, StringComparison.OrdinalIgnoreCase));
            if (ours is null) errors.Add(new FieldError(Shown(name), "unknown_parameter", $"There is no such query parameter here. {takes}"));
            else if (values.Count > 1) errors.Add(new FieldError(ours, "duplicate_parameter", $"{ours} is given more than once; give it once."));
        }

        return errors;
    }

    private static string Shown(string name) => name.Length is > 0 and <= 64 && !name.Any(char.IsControl) ? name : "";

    private static IReadOnlyList<string> Known(IServiceProvider services, string? endpoint) =>
        endpoint is null ? [] : services.GetRequiredService<QueryParameters>().Of(endpoint);
}

/// <summary>What a part of a request that binds itself reads from the query. It documents them itself, too.</summary>
internal sealed record ReadsFromQuery(params string[] Names);

/// <summary>The query parameters of each endpoint, from the same descriptions that the published contract is made of.</summary>
internal sealed class QueryParameters(IApiDescriptionGroupCollectionProvider descriptions)
{
    private readonly Lazy<IReadOnlyDictionary<string, IReadOnlyList<string>>> byEndpoint = new(() => descriptions.ApiDescriptionGroups.Items
        .SelectMany(group => group.Items)
        .Select(item => (Name: item.ActionDescriptor.EndpointMetadata.OfType<IEndpointNameMetadata>().FirstOrDefault()?.EndpointName, Item: item))
        .Where(described => described.Name is not null)
        .GroupBy(described => described.Name!)
        .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)
        [
            .. group.SelectMany(described => described.Item.ParameterDescriptions).Where(parameter => parameter.Source == BindingSource.Query).Select(parameter => parameter.Name).Distinct(),
        ]));

    /// <param name="endpoint">Its name in the contract.</param>
    public IReadOnlyList<string> Of(string endpoint) => byEndpoint.Value.GetValueOrDefault(endpoint) ?? [];
}
