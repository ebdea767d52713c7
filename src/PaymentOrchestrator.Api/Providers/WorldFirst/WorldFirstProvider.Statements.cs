using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.WorldFirst;

/// <summary>Statements; see <see cref="AntStatements"/>.</summary>
internal sealed partial class WorldFirstProvider : IStatementSource
{
    public string StatementProvider => Name;

    public Task<ProviderAnswer<IReadOnlyList<StatementLine>>> ReadStatementAsync(DateTimeOffset from, DateTimeOffset to, int maxLines, CancellationToken cancellationToken) =>
        AntStatements.ReadAsync(client, "/business/account/inquiryStatement", from, to, maxLines, cancellationToken);
}
