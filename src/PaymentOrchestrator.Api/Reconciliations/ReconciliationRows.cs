using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Reconciliations;

/// <summary>How Dapper reads a reconciliation.</summary>
internal sealed class ReconciliationRow
{
    /// <summary>Of the table named c.</summary>
    public const string Columns = """
        c.id, c.mode, c.provider, c.source, c.from_at, c.to_at, c.lines, c.matched, c.missing_here, c.missing_there, c.amount_differs, c.currency_differs, c.settled_late, c.created_at
        """;

    public Guid Id { get; init; }

    public string Mode { get; init; } = "";

    public string Provider { get; init; } = "";

    public string Source { get; init; } = "";

    public DateTime FromAt { get; init; }

    public DateTime ToAt { get; init; }

    public int Lines { get; init; }

    public int Matched { get; init; }

    public int MissingHere { get; init; }

    public int MissingThere { get; init; }

    public int AmountDiffers { get; init; }

    public int CurrencyDiffers { get; init; }

    public int SettledLate { get; init; }

    public DateTime CreatedAt { get; init; }

    public ReconciliationResource ToResource() => new()
    {
        Id = new Id<ReconciliationResource>(Id),
        Provider = Provider,
        Source = Source,
        From = FromAt,
        To = ToAt,
        Counts = new ReconciliationCounts
        {
            Lines = Lines,
            Matched = Matched,
            MissingHere = MissingHere,
            MissingThere = MissingThere,
            AmountDiffers = AmountDiffers,
            CurrencyDiffers = CurrencyDiffers,
            SettledLate = SettledLate,
        },
        Livemode = Mode == "live",
        CreatedAt = CreatedAt,
    };
}

/// <summary>How Dapper reads what a line and a difference have in common: the two sides.</summary>
internal abstract class SidesRow
{
    public string Type { get; init; } = "";

    public string? ProviderReference { get; init; }

    public string? RequestId { get; init; }

    public string? Currency { get; init; }

    public long? Amount { get; init; }

    public DateTime? OccurredAt { get; init; }

    public string? ObjectId { get; init; }

    public string? PaymentId { get; init; }

    public string? OurCurrency { get; init; }

    public long? OurAmount { get; init; }

    protected static Amount? Money(string? currency, long? amount) => amount is { } value ? new Money(Domain.Currency.Parse(currency!), value) : null;
}

internal sealed class LineRow : SidesRow
{
    /// <summary>Of the table named l.</summary>
    public const string Columns = """
        l.number, l.result, l.line_number, l.type, l.provider_reference, l.request_id, l.currency, l.amount, l.occurred_at, l.object_id, l.payment_id, l.our_currency, l.our_amount,
        l.difference_id
        """;

    public int Number { get; init; }

    public string Result { get; init; } = "";

    public int? LineNumber { get; init; }

    public Guid? DifferenceId { get; init; }

    public ReconciliationLineResource ToResource() => new()
    {
        Number = Number,
        Result = Result,
        LineNumber = LineNumber,
        Type = Type,
        ProviderReference = ProviderReference,
        RequestId = RequestId,
        ProviderAmount = Money(Currency, Amount),
        OccurredAt = OccurredAt,
        ObjectId = ObjectId,
        PaymentId = PaymentId,
        BooksAmount = Money(OurCurrency, OurAmount),
        DifferenceId = DifferenceId is { } difference ? new Id<ReconciliationDifferenceResource>(difference) : null,
    };
}

internal class DifferenceRow : SidesRow
{
    /// <summary>Of the table named f.</summary>
    public const string Columns = """
        f.id, f.mode, f.reconciliation_id, f.provider, f.kind, f.type, f.provider_reference, f.request_id, f.currency, f.amount, f.occurred_at, f.object_id, f.payment_id,
        f.our_currency, f.our_amount, f.owner_action, f.state, f.state_by, f.state_note, f.state_at, f.version, f.created_at
        """;

    public Guid Id { get; init; }

    public string Mode { get; init; } = "";

    public Guid ReconciliationId { get; init; }

    public string Provider { get; init; } = "";

    public string Kind { get; init; } = "";

    public string OwnerAction { get; init; } = "";

    public string State { get; init; } = "";

    public string? StateBy { get; init; }

    public string? StateNote { get; init; }

    public DateTime? StateAt { get; init; }

    public int Version { get; init; }

    public DateTime CreatedAt { get; init; }

    public ReconciliationDifferenceResource ToResource() => new()
    {
        Id = new Id<ReconciliationDifferenceResource>(Id),
        ReconciliationId = new Id<ReconciliationResource>(ReconciliationId),
        Provider = Provider,
        Kind = Kind,
        Type = Type,
        ProviderReference = ProviderReference,
        RequestId = RequestId,
        ProviderAmount = Money(Currency, Amount),
        OccurredAt = OccurredAt,
        ObjectId = ObjectId,
        PaymentId = PaymentId,
        BooksAmount = Money(OurCurrency, OurAmount),
        OwnerAction = OwnerAction,
        State = State,
        Resolution = StateBy is null ? null : new DifferenceResolution { By = StateBy, Note = StateNote!, At = StateAt!.Value },
        Livemode = Mode == "live",
        CreatedAt = CreatedAt,
    };
}
