using PaymentOrchestrator.Sandbox.Notifications;
using PaymentOrchestrator.Sandbox.State;

namespace PaymentOrchestrator.Sandbox.Faults;

/// <summary>Faults are kept with everything else: a restart does not end them.</summary>
internal sealed class FaultStore(SandboxDb db)
{
    private const string Columns =
        """
        fault_id as faultid, kind, buyer_id as buyerid, provider, operation, times, delay_ms as delayms, probability, seed, draws, hits
        """;

    private volatile int _version;

    /// <summary>The version at which there was no fault of an answer; a call then costs no query.</summary>
    private volatile int _emptyAt = -1;

    public async Task Add(Fault fault)
    {
        await db.InTransaction(tx => tx.Execute(
            """
            insert into faults (fault_id, kind, buyer_id, provider, operation, times, delay_ms, probability, seed)
            values (@FaultId, @Kind, @BuyerId, @Provider, @Operation, @Times, @DelayMs, @Probability, @Seed)
            """, fault));
        Interlocked.Increment(ref _version);
    }

    public Task<IReadOnlyList<Fault>> List() => db.InTransaction(tx => tx.List<Fault>($"select {Columns} from faults order by sequence"));

    /// <summary>All of them, or one.</summary>
    public Task<int> Delete(string? faultId) => db.InTransaction(tx => tx.Execute(
        "delete from faults where @faultId::text is null or fault_id = @faultId", new { faultId }));

    /// <summary>The oldest fault that hits this call, used once. Its own transaction: the call may yet fail, and has had its fault.</summary>
    public async Task<Fault?> TakeForAnswer(string provider, string operation, Func<Tx, Task<IReadOnlySet<string>>> buyers)
    {
        var version = _version;
        if (_emptyAt == version)
            return null;
        return await db.InTransaction(async tx =>
        {
            var faults = await Matching(tx, FaultKinds.OfAnswers, provider, operation);
            if (faults.Count == 0 && !await tx.Single<bool>(
                "select exists (select 1 from faults where times > 0 and kind = any(@kinds))", new { kinds = FaultKinds.OfAnswers.ToArray() }))
                _emptyAt = version;
            IReadOnlySet<string>? known = null;
            foreach (var fault in faults.Where(fault => FaultTargets.CanHappenTo(fault.Kind, provider, operation)))
            {
                if (fault.BuyerId is not null && !(known ??= await buyers(tx)).Contains(fault.BuyerId))
                    continue;
                if (await Draw(tx, fault))
                    return fault;
            }

            return null;
        });
    }

    /// <summary>Within the transaction of what the notification tells of.</summary>
    public static Task<Fault?> TakeForNotification(Tx tx, Notification notification) =>
        Take(tx, FaultKinds.OfNotifications, notification.Provider, notification.Type, notification.BuyerId);

    /// <summary>A quote is asked for on the platform's own account: no buyer is known.</summary>
    public static Task<Fault?> TakeForQuote(Tx tx) => Take(tx, [FaultKinds.RateJump], Authorizations.Providers.WorldFirst, "createQuote", buyerId: null);

    private static async Task<Fault?> Take(Tx tx, IReadOnlyList<string> kinds, string provider, string operation, string? buyerId)
    {
        foreach (var fault in await Matching(tx, kinds, provider, operation))
            if ((fault.BuyerId is null || fault.BuyerId == buyerId) && await Draw(tx, fault))
                return fault;
        return null;
    }

    private static Task<IReadOnlyList<Fault>> Matching(Tx tx, IReadOnlyList<string> kinds, string provider, string operation) => tx.List<Fault>(
        $"""
        select {Columns} from faults
        where times > 0 and kind = any(@kinds) and (provider is null or provider = @provider) and (operation is null or operation = @operation)
        order by sequence for update
        """, new { kinds = kinds.ToArray(), provider, operation });

    private static async Task<bool> Draw(Tx tx, Fault fault)
    {
        var hit = fault.HitsAt(fault.Draws + 1);
        await tx.Execute(
            "update faults set draws = draws + 1, hits = hits + @hit, times = times - @hit where fault_id = @FaultId",
            new { fault.FaultId, hit = hit ? 1 : 0 });
        return hit;
    }
}
