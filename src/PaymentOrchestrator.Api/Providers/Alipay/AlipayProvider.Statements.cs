using PaymentOrchestrator.Api.Providers.AntGateway;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers.Alipay;

/// <summary>Statements; see <see cref="AntStatements"/>.</summary>
internal sealed partial class AlipayProvider : IStatementSource
{
    public string StatementProvider => Name;

    public Task<ProviderAnswer<IReadOnlyList<StatementLine>>> ReadStatementAsync(DateTimeOffset from, DateTimeOffset to, int maxLines, CancellationToken cancellationToken) =>
        AntStatements.ReadAsync(client, "/payments/inquiryStatement", from, to, maxLines, cancellationToken);
}
