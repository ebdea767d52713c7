namespace PaymentOrchestrator.Domain;

/// <summary>Hands out what a provider says it moved. Implemented by the providers that can be asked.</summary>
public interface IStatementSource
{
    /// <summary>The provider's code.</summary>
    string StatementProvider { get; }

    /// <summary>The whole statement of a time, of all marketplaces: the provider knows the platform alone. Moves nothing.</summary>
    /// <param name="from">The first moment.</param>
    /// <param name="to">The first moment after it.</param>
    /// <param name="maxLines">Whoever has more is asked for a shorter time; then the answer is a refusal <see cref="FailureCode.LimitExceeded"/>.</param>
    /// <param name="cancellationToken">The caller's.</param>
    Task<ProviderAnswer<IReadOnlyList<StatementLine>>> ReadStatementAsync(DateTimeOffset from, DateTimeOffset to, int maxLines, CancellationToken cancellationToken);
}
