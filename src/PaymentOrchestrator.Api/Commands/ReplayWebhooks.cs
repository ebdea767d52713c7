using Mediator;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Webhooks;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Commands;

/// <summary><c>replay-webhooks</c>: makes an endpoint's deliveries due again; the running instances send them.</summary>
internal static class ReplayWebhooks
{
    public const string Name = "replay-webhooks";
    public const string Usage = "--endpoint whe_… --since TIME [--json]";

    public const string Details = $"""
          --endpoint  The endpoint's id.
          --since     RFC 3339, within the last 30 days: 2026-11-22T08:00:00Z.
          --json      The result as POST /v1/webhook-endpoints/[id]/redeliver answers it.

        Every event of the types that the endpoint asks for, delivered before or not, with the webhook-id that it had. They are made due page by page, and
        sent by the instances that run with Webhooks:Dispatch; broken off, it may be run again.
        {OperatorCommand.Configuration}
        """;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var (arguments, fault) = Arguments.Read(args, ["--endpoint", "--since"], "--json");
        if (arguments is null) return await Command.MisusedAsync(Name, fault!);
        if (arguments["--endpoint"] is not { } text) return await Command.MisusedAsync(Name, "--endpoint is needed.");
        if (arguments["--since"] is not { } since) return await Command.MisusedAsync(Name, "--since is needed.");

        return await OperatorCommand.RunAsync(Name, arguments, OperatorCommand.TheServer, async services =>
        {
            var id = Id<WebhookEndpointResource>.ParseOrNone(text);
            if (await services.GetRequiredService<Db>().OwnerOfWebhookEndpointAsync(id.Value, id.ShardKey, cancellationToken) is not { } owner)
            {
                OperatorCommand.Say($"There is no webhook endpoint {text}. Ids look like {WebhookEndpointResource.Prefix}_….");
                return Command.Unable;
            }

            var redeliver = new RedeliverSince(owner, id, since) { OnPage = total => OperatorCommand.Say($"{total} deliveries made due …") };
            var answer = await services.GetRequiredService<ISender>().Send(redeliver, cancellationToken);
            if (answer.Problem is { } refusal) return OperatorCommand.Refused(refusal);
            Console.WriteLine(arguments.Has("--json") ? ApiJson.Write(answer.Value) : $"{answer.Value.Deliveries} deliveries are due");
            return Command.Done;
        });
    }
}
