using System.Text;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Commands;

/// <summary>The papers beside the code that are written by it: <c>error-codes</c> and <c>state-graph</c>. What lies in <c>deploy/</c> is what these write.</summary>
internal static class Papers
{
    public static Task<int> WriteErrorCodesAsync(string[] args, CancellationToken cancellationToken) => WriteAsync("error-codes", args, ErrorCodes());

    public static Task<int> WriteStateGraphAsync(string[] args, CancellationToken cancellationToken) => WriteAsync("state-graph", args, StateGraph());

    public static string ErrorCodes()
    {
        var text = new StringBuilder("""
            # Error codes

            Every refusal is a problem document (RFC 9457, `application/problem+json`) with one of these codes, which are stable: branch on them. `detail` says what
            went wrong this time and what to do next, `errors` names the fields. Retryable means that the same request can succeed later with nothing else changed.

            Written by `dotnet PaymentOrchestrator.Api.dll error-codes` from the code.

            | code | status | retryable | meaning |
            |---|---|---|---|

            """);
        foreach (var type in ProblemType.All.OrderBy(type => type.Status).ThenBy(type => type.Code, StringComparer.Ordinal))
            text.Append($"| `{type.Code}` | {type.Status} | {(type.Retryable ? "yes" : "no")} | {type.Title} |\n");
        return text.ToString().ReplaceLineEndings("\n");
    }

    public static string StateGraph()
    {
        var text = new StringBuilder("""
            # The states of a payment

            Whatever is not an arrow here cannot happen. A payment begins in `processing`; it is in `requires_action` while the buyer must go to a page of the provider. A live
            one, that is any but `failed` and `canceled`, holds its order. Each entry into a state publishes the event `payment.<state>`.

            Written by `dotnet PaymentOrchestrator.Api.dll state-graph` from the table that decides.

            ```mermaid
            stateDiagram-v2

            """);
        foreach (var from in Enum.GetValues<PaymentStatus>())
        {
            foreach (var to in PaymentTransitions.From(from)) text.Append($"    {from.Code()} --> {to.Code()}\n");
        }

        foreach (var last in Enum.GetValues<PaymentStatus>().Where(status => PaymentTransitions.From(status).Count == 0)) text.Append($"    {last.Code()} --> [*]\n");
        return text.Append("```\n").ToString().ReplaceLineEndings("\n");
    }

    private static async Task<int> WriteAsync(string name, string[] args, string text)
    {
        if (args.Length > 0) return await Command.MisusedAsync(name, $"{name} takes no arguments.");
        Console.Write(text);
        return Command.Done;
    }
}
