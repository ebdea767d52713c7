using System.Text.Json;
using PaymentOrchestrator.AppHost.Seeding;

namespace PaymentOrchestrator.AppHost;

/// <summary>What <c>--info</c> writes for scripts: where everything is, the demo key and the demo buyers' ids.</summary>
internal sealed record InstanceInfo(string ApiUrl, string SandboxUrl, string SwaggerUrl, string ApiKey, InstanceBuyers Buyers)
{
    public static InstanceInfo Of(LocalStack stack, IReadOnlyDictionary<string, string> buyers) => Of(stack.ApiUrl, stack.SandboxUrl, stack.Secrets.ApiKey, buyers);

    public static InstanceInfo Of(string apiUrl, string sandboxUrl, string apiKey, IReadOnlyDictionary<string, string> buyers) => new(
        apiUrl,
        sandboxUrl,
        $"{apiUrl}/swagger",
        apiKey,
        new InstanceBuyers(
            buyers[DemoBuyer.Ready.Reference],
            buyers[DemoBuyer.New.Reference],
            buyers[DemoBuyer.CardOnly.Reference],
            buyers[DemoBuyer.MainlandAlipay.Reference],
            buyers[DemoBuyer.LowBalance.Reference]));

    /// <summary>Whole or absent: whoever waits for the file may read it as soon as it is there. It holds a key, so it is the owner's.</summary>
    public Task WriteAsync(string file, CancellationToken cancellationToken) =>
        PrivateFile.WritePrivateAsync(file, JsonSerializer.Serialize(this, HostJson.Default.InstanceInfo) + "\n", cancellationToken);

    public override string ToString() => $"{nameof(InstanceInfo)} of {ApiUrl}";
}

internal sealed record InstanceBuyers(string Ready, string New, string CardOnly, string MainlandAlipay, string LowBalance);
