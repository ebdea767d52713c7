namespace PaymentOrchestrator.Api.Http;

/// <summary>What a pipeline behaviour needs to refuse a message without knowing what its answer is.</summary>
internal interface IRefusable<TSelf>
    where TSelf : IRefusable<TSelf>
{
    static abstract TSelf Refuse(Problem problem);

    Problem? Problem { get; }
}

/// <summary>An answer or an expected refusal. Exceptions are for bugs.</summary>
internal sealed class Result<T> : IRefusable<Result<T>>
{
    private readonly T? value;

    internal Result(T? value, Problem? problem, bool replayed)
    {
        this.value = value;
        Problem = problem;
        Replayed = replayed;
    }

    public Problem? Problem { get; }

    /// <summary>The request had been carried out before under the same Idempotency-Key; this is the resource's present state.</summary>
    public bool Replayed { get; }

    public T Value => Problem is null ? value! : throw new InvalidOperationException("A refusal has no value.");

    public static Result<T> Replay(T value) => new(value, null, replayed: true);

    public static Result<T> Refuse(Problem problem) => new(default, problem, replayed: false);

    /// <summary>The same result of another type; a refusal stays one.</summary>
    public Result<TOther> Map<TOther>(Func<T, TOther> map) => Problem is { } problem ? Result<TOther>.Refuse(problem) : new Result<TOther>(map(Value), null, Replayed);

    public static implicit operator Result<T>(T value) => new(value, null, replayed: false);

    public static implicit operator Result<T>(Problem problem) => Refuse(problem);
}
