using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using PaymentOrchestrator.Api.Reconciliations;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.AntGateway;

/// <summary>
/// Statements of both Ant gateways. Modelled: neither publishes a call for them, they hand them out in their portals and over SFTP, in columns that
/// are agreed with each merchant. Here a signed call answers with the CSV that people may also upload, a page at a time.
/// </summary>
internal static class AntStatements
{
    public static async Task<ProviderAnswer<IReadOnlyList<StatementLine>>> ReadAsync(
        AntClient client, string resource, DateTimeOffset from, DateTimeOffset to, int maxLines, CancellationToken cancellationToken)
    {
        var lines = new List<StatementLine>();
        string? token = null;
        do
        {
            var request = new StatementRequest { StartTime = Time(from), EndTime = Time(to), PageToken = token };
            var reply = await client.SendAsync(
                resource, request, StatementJson.Default.StatementRequest, StatementJson.Default.StatementAnswer, safeToRepeat: true, accessToken: null, cancellationToken);
            switch (reply.ToAnswer<StatementAnswer, StatementAnswer>(answer => answer.Statement is null ? null : answer))
            {
                case ProviderAnswer<StatementAnswer>.Ok { Value: var page }:
                    using (var text = new MemoryStream(Encoding.UTF8.GetBytes(page.Statement!)))
                    {
                        if (await StatementCsv.ReadAsync(text, maxLines, cancellationToken) is not StatementCsv.Reading.Lines read)
                            return new ProviderAnswer<IReadOnlyList<StatementLine>>.Unknown("The provider's statement cannot be read.");
                        lines.AddRange(read.Data.Select(line => line with { Number = lines.Count + line.Number - 1 }));
                    }

                    token = page.NextPageToken is { Length: > 0 } next ? next : null;
                    break;
                case ProviderAnswer<StatementAnswer>.Refused refused:
                    return new ProviderAnswer<IReadOnlyList<StatementLine>>.Refused(refused.Code, refused.Message);
                case ProviderAnswer<StatementAnswer>.Unknown unknown:
                    return new ProviderAnswer<IReadOnlyList<StatementLine>>.Unknown(unknown.Reason);
                default:
                    throw new InvalidOperationException("An answer that is not known.");
            }

            if (lines.Count > maxLines) return new ProviderAnswer<IReadOnlyList<StatementLine>>.Refused(FailureCode.LimitExceeded, $"The statement has more than {maxLines} lines.");
        }
        while (token is not null);
        return new ProviderAnswer<IReadOnlyList<StatementLine>>.Ok(lines);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

internal sealed class StatementRequest
{
    public required string StartTime { get; init; }

    public required string EndTime { get; init; }

    public string? PageToken { get; init; }
}

internal sealed class StatementAnswer : IAntAnswer
{
    public AntResult? Result { get; init; }

    public string? Statement { get; init; }

    public string? NextPageToken { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatementRequest))]
[JsonSerializable(typeof(StatementAnswer))]
internal sealed partial class StatementJson : JsonSerializerContext;
