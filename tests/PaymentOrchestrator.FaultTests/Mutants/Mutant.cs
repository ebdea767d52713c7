namespace PaymentOrchestrator.FaultTests.Mutants;

/// <summary>How a mutant is looked for.</summary>
internal enum Hunt
{
    /// <summary>Seeds of the simulation, until one fails.</summary>
    Simulation,

    /// <summary>Kills at a point.</summary>
    Kill,
}

/// <summary>One place of the source that is another while the mutant is on.</summary>
/// <param name="File">Below src/.</param>
/// <param name="Search">Must be there exactly once.</param>
/// <param name="Replacement">The same, with <c>On("name")</c> where it is told from the sound code.</param>
internal sealed record Patch(string File, string Search, string Replacement);

/// <summary>A deliberate defect. Patches are applied to a copy of the source; what ships has never seen them.</summary>
internal sealed record Mutant(string Name, string Defect, Hunt Hunt, params Patch[] Patches)
{
    /// <summary>Where it must be killed to show; for <see cref="Hunt.Kill"/>.</summary>
    public string? Point { get; init; }

    /// <summary>The seed that is known to find it; for <see cref="Hunt.Simulation"/>. <c>mutants --find true</c> looks for others.</summary>
    public long? Seed { get; init; }

    /// <summary>The environment variable that turns one on, in the copy.</summary>
    public const string Variable = "PO_MUTANT";

    /// <summary>The switch that is added to the copy, beside the domain, where all of the source sees it.</summary>
    public const string Switch = """
        namespace PaymentOrchestrator.Domain;

        public static class Mutants
        {
            // Asked each time: one process lets one after the other loose.
            public static bool On(string name) => System.Environment.GetEnvironmentVariable("PO_MUTANT") == name;
        }
        """;

    /// <exception cref="UsageException">One of the names is no mutant's.</exception>
    public static IReadOnlyList<Mutant> Of(IReadOnlyList<string>? names) => names is null ? All
        : [.. names.Select(name => All.FirstOrDefault(mutant => mutant.Name == name) ?? throw new UsageException($"No mutant is called {name}. There are: {string.Join(", ", All.Select(mutant => mutant.Name))}."))];

    private const string Pay = "PaymentOrchestrator.Api/Payments/Pay.cs";
    private const string PaymentStore = "PaymentOrchestrator.Api/Payments/PaymentStore.cs";
    private const string PaymentChanges = "PaymentOrchestrator.Api/Payments/PaymentChanges.cs";
    private const string PaymentInquiry = "PaymentOrchestrator.Api/Payments/PaymentInquiry.cs";
    private const string CancelPayment = "PaymentOrchestrator.Api/Payments/CancelPayment.cs";
    private const string Notification = "PaymentOrchestrator.Api/Notifications/ReceiveNotification.cs";
    private const string RefundStore = "PaymentOrchestrator.Api/Refunds/RefundStore.cs";
    private const string RefundMath = "PaymentOrchestrator.Domain/Refunds/RefundMath.cs";
    private const string OutcomeRules = "PaymentOrchestrator.Domain/Payments/OutcomeRules.cs";
    private const string LedgerPosting = "PaymentOrchestrator.Domain/Ledger/LedgerPosting.cs";
    private const string QuoteEngine = "PaymentOrchestrator.Domain/Fx/QuoteEngine.cs";

    // Places that several mutants change.
    private const string PayEnds = "        return new PayAnswer.Paid((await changes.ApplyAsync(payment, attempt, outcome, CancellationToken.None)).ToResource());";
    private const string ChangeSql = "        var sql = steps.ToSql();";
    private const string ChangeEnds = "        return present;";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("no_intent", "The provider is called before the intent is committed.", Hunt.Simulation,
            new Patch(Pay,
                "        if (!await store.TryCommitIntentAsync(payment,",
                """        if (!Mutants.On("no_intent") && !await store.TryCommitIntentAsync(payment,"""),
            new Patch(Pay,
                PayEnds,
                $"""
                        if (Mutants.On("no_intent") && !await store.TryCommitIntentAsync(payment, attempt, quote, passed, key, state, schedule.OwnerGoneAt(payment.CreatedAt), CancellationToken.None)) return await Handle(command, cancellationToken);
                {PayEnds}
                """))
        { Seed = 7 },
        new("new_request_id", "A debit that is sent again has a new request id.", Hunt.Simulation,
            new Patch(PaymentInquiry,
                "outcome = await gateway.DebitAsync(debit, CancellationToken.None);",
                """outcome = await gateway.DebitAsync(Mutants.On("new_request_id") ? debit with { RequestId = $"{payment.Id}-2" } : debit, CancellationToken.None);"""))
        { Seed = 99 },
        new("fail_over", "When the outcome is unknown the card is tried.", Hunt.Simulation,
            new Patch(Pay,
                PayEnds,
                $$"""
                        if (Mutants.On("fail_over") && outcome is DebitOutcome.Unknown && quote.Method != PaymentMethod.Card && known.Accounts.Newest(LinkProvider.Card) is { } card)
                        {
                            var other = new OpenPayment(payment with { Method = PaymentMethod.Card }, attempt with { RequestId = $"{payment.Id}-2" }, null, card, 0);
                            outcome = await providers.For(caller.Mode).Gateway(PaymentMethod.Card)!.DebitAsync(other.ToDebit(secrets, address.Return(LinkProvider.Card)), CancellationToken.None);
                        }
                {{PayEnds}}
                """))
        { Seed = 11 },
        new("unsigned_notification", "A notification is taken whoever signed it.", Hunt.Simulation,
            new Patch(Notification,
                "            if (reading is NotificationReading.BadSignature) continue;",
                """
                            if (reading is NotificationReading.BadSignature)
                            {
                                if (!Mutants.On("unsigned_notification")) continue;
                                await WriteAsync(context, reader.Acknowledge(context.Request.Method, target));
                                return;
                            }
                """))
        { Seed = 4 },
        new("refund_without_lock", "What is left to refund is read without the payment's lock.", Hunt.Simulation,
            new Patch(RefundStore,
                "await connection.QueryMultipleAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken));",
                """
                await connection.QueryMultipleAsync(new CommandDefinition(
                            Mutants.On("refund_without_lock") ? sql.Replace("for update;", ";", StringComparison.Ordinal) : sql, parameters, transaction, cancellationToken: cancellationToken));
                """))
        { Seed = 93 },
        new("leg_dropped", "The fee's leg is not posted.", Hunt.Simulation,
            new Patch(LedgerPosting,
                "Legs = [.. legs.Where(leg => !leg.Amount.IsZero)];",
                """Legs = [.. legs.Where(leg => !leg.Amount.IsZero && !(Mutants.On("leg_dropped") && leg.Account == LedgerAccount.FeeRevenue))];"""))
        { Seed = 1 },
        new("outbox_outside", "The event of a change is written after the change has been committed.", Hunt.Kill,
            new Patch(PaymentChanges,
                ChangeSql,
                $"""
                {ChangeSql}
                        var from = sql.LastIndexOf("insert into events", StringComparison.Ordinal);
                        var happening = Mutants.On("outbox_outside") && from >= 0 ? sql[from..(sql.IndexOf(';', from) + 1)] : "";
                        if (happening.Length > 0) sql = sql.Replace(happening, "", StringComparison.Ordinal);
                """),
            new Patch(PaymentChanges,
                ChangeEnds,
                $$"""
                        if (happening.Length > 0)
                        {
                            await using var later = await db.OpenAsync(payment.Owner, cancellationToken);
                            await later.ExecuteAsync(new CommandDefinition(happening, parameters, cancellationToken: cancellationToken));
                        }

                {{ChangeEnds}}
                """))
        { Point = "pay.after_outcome" },
        new("quote_twice", "A quote is consumed whoever consumed it before, and an order taken whoever holds it.", Hunt.Simulation,
            new Patch(PaymentStore,
                "return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: CancellationToken.None)) > 0;",
                """
                var at = sql.IndexOf("insert into payments", StringComparison.Ordinal);
                            var open = sql[..at].Replace("and payment_id is null ", "", StringComparison.Ordinal).TrimEnd().TrimEnd(';') + " on conflict do nothing;\n" + sql[at..];
                            return await connection.ExecuteAsync(new CommandDefinition(Mutants.On("quote_twice") ? open : sql, parameters, cancellationToken: CancellationToken.None)) > 0;
                """))
        { Seed = 7 },
        new("timeout_is_failure", "An unknown outcome is taken as a failure.", Hunt.Simulation,
            new Patch(OutcomeRules,
                "        DebitOutcome.Pending or DebitOutcome.Unknown or DebitOutcome.NotFound => OutcomeDecision.Stay,",
                """
                        DebitOutcome.Unknown unknown when Mutants.On("timeout_is_failure") => Fail(new DebitOutcome.Refused(FailureCode.NotExecuted, unknown.Reason, true)),
                        DebitOutcome.Pending or DebitOutcome.Unknown or DebitOutcome.NotFound => OutcomeDecision.Stay,
                """))
        { Seed = 2 },
        new("rounding_per_line", "Source amount and markup are rounded each by itself, not once together.", Hunt.Simulation,
            new Patch(QuoteEngine,
                "        return Assemble(order, source, customer.SellToBuy(order), mid, customer, rule, hold);",
                """
                        var perLine = mid.Rate.SellToBuy(order) + ExactMath.DivideUp(mid.Rate.SellToBuy(order) * MarkupBps(source, rule, hold), 10_000);
                        return Assemble(order, source, Mutants.On("rounding_per_line") ? perLine : customer.SellToBuy(order), mid, customer, rule, hold);
                """))
        { Seed = 1 },
        new("stale_outcome", "An outcome is written whatever has become of the payment since it was decided on.", Hunt.Simulation,
            new Patch(PaymentChanges,
                ChangeSql,
                $"""
                {ChangeSql}
                        if (Mutants.On("stale_outcome")) sql = sql.Replace(" and version = @version - 1", "", StringComparison.Ordinal);
                """))
        { Seed = 7 },
        new("cancel_unasked", "A payment is canceled without asking the provider.", Hunt.Simulation,
            new Patch(CancelPayment,
                "        switch (await gateway.CancelAsync((subject with { Payment = claimed }).ToDebit(secrets, address.Return(subject.Account.Provider)), CancellationToken.None))",
                """        switch (Mutants.On("cancel_unasked") ? new CancelOutcome.Canceled() : await gateway.CancelAsync((subject with { Payment = claimed }).ToDebit(secrets, address.Return(subject.Account.Provider)), CancellationToken.None))"""))
        { Seed = 7 },
        new("refund_rounded_each", "Each part of a refund is rounded by itself, not cumulatively.", Hunt.Simulation,
            new Patch(RefundMath,
                "        if (refunded + amount == order) return rest;",
                """
                        if (Mutants.On("refund_rounded_each")) return (long)(new BigInteger(total) * amount / order);
                        if (refunded + amount == order) return rest;
                """))
        { Seed = 12 },
        new("refund_key_forgotten", "A refund does not take its key.", Hunt.Simulation,
            new Patch(RefundStore,
                "        return connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: CancellationToken.None));",
                """
                        var from = sql.IndexOf("insert into idempotency_keys", StringComparison.Ordinal);
                        var forgetful = sql.Remove(from, sql.IndexOf(';', from) + 1 - from);
                        return connection.ExecuteAsync(new CommandDefinition(Mutants.On("refund_key_forgotten") ? forgetful : sql, parameters, transaction, cancellationToken: CancellationToken.None));
                """))
        { Seed = 5 },
    ];
}
