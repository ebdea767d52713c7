using System.Diagnostics;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Http;

/// <summary>Refuses card data in addresses and headers before anything else sees the request; bodies are held against the same rule when they are read.</summary>
internal sealed class CardDataGate(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var places = CardData.In(context.Request);
        if (places.Count == 0) return next(context);
        Forget(Activity.Current);
        return HttpAnswers.WriteAsync(context, CardData.Refusal(places));
    }

    /// <summary>The server's span was begun before us, and may hold the address or a header.</summary>
    private static void Forget(Activity? activity)
    {
        if (activity is null) return;
        foreach (var (name, value) in activity.TagObjects.ToList())
            if (value is string text && CardNumbers.Contains(Uri.UnescapeDataString(text))) activity.SetTag(name, "[card number]");
        foreach (var (name, value) in activity.Baggage.ToList())
            if (CardNumbers.Contains(name) || (value is not null && CardNumbers.Contains(value))) activity.SetBaggage(name, null);
        if (activity.TraceStateString is { } state && CardNumbers.Contains(state)) activity.TraceStateString = null;
        if (CardNumbers.Contains(activity.DisplayName)) activity.DisplayName = "[card number]";
    }
}
