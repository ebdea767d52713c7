using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;
using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Postgres;
using PaymentOrchestrator.Api.Refunds;
using PaymentOrchestrator.Api.Tests.Disputes;
using PaymentOrchestrator.Api.Tests.Harness;
using PaymentOrchestrator.Api.Tests.Reconciliations;
using PaymentOrchestrator.Api.Tests.Refunds;
using PaymentOrchestrator.Domain;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Access;

/// <summary>The second wall: what the database shows of a marketplace when the statement itself forgets to ask whose a row is.</summary>
public sealed partial class RowSecurityTests(TestSystem system) : IAsyncLifetime
{
    // What has a marketplace's number and is everybody's to read: what became of a rate.
    private static readonly string[] Shared = ["exchange_rate_decisions"];

    // Names of those that lack row security, or a policy for po_app that asks for the marketplace and, where there is one, the mode.
    private const string Unprotected = """
        with owned as (
            select c.oid, c.relname, c.relrowsecurity, bool_or(a.attname = 'mode') as has_mode
            from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            group by c.oid, c.relname, c.relrowsecurity
            having bool_or(a.attname = 'marketplace_id')),
        policies as (
            select p.polrelid, pg_get_expr(p.polqual, p.polrelid) as reads, pg_get_expr(p.polwithcheck, p.polrelid) as writes, p.polpermissive
            from pg_policy p where 'po_app'::regrole = any (p.polroles) or p.polroles = '{0}')
        select o.relname from owned o
        where not o.relrowsecurity
            or not exists (select from policies p where p.polrelid = o.oid)
            or exists (
                select from policies p, unnest(array[p.reads, p.writes]) expression
                where p.polrelid = o.oid and expression is not null and o.relname <> all ($1)
                    and (expression not like '%app.marketplace_id%' or (o.has_mode and expression not like '%app.mode%')))
        order by 1
        """;

    private const string WhyNotOnCitus = "Row-level security is PostgreSQL's alone: a cluster's workers are not told whose rows may be seen.";

    private readonly List<Db> opened = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var db in opened) await db.DisposeAsync();
    }

    [Fact]
    public async Task Every_table_of_a_marketplace_has_row_security_and_one_that_is_forgotten_is_found()
    {
        Assert.SkipWhen(system.IsCitus, WhyNotOnCitus);
        Assert.Equal([], await system.Database.RowsAsync(Unprotected, [Shared]));

        await using var owner = new NpgsqlConnection(system.Database.ConnectionString);
        await owner.OpenAsync(TestContext.Current.CancellationToken);
        // Never committed: no other test sees them.
        await using var transaction = await owner.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await owner.ExecuteAsync("""
            create table forgotten_altogether (marketplace_id int not null);
            create table forgotten_mode (marketplace_id int not null, mode text not null);
            alter table forgotten_mode enable row level security;
            create policy tenant on forgotten_mode to po_app using (marketplace_id = nullif(current_setting('app.marketplace_id', true), '')::int);
            create table forgotten_policy (marketplace_id int not null);
            alter table forgotten_policy enable row level security;
            """);
        Assert.Equal(
            ["forgotten_altogether", "forgotten_mode", "forgotten_policy"],
            await owner.QueryAsync<string>(Unprotected.Replace("$1", "@shared", StringComparison.Ordinal), new { shared = Shared }));
    }

    [Fact]
    public async Task The_applications_roles_own_nothing_bypass_nothing_and_cannot_change_the_books()
    {
        Assert.SkipWhen(system.IsCitus, WhyNotOnCitus);
        Assert.Equal(["po_app", "po_worker"], await system.Database.RowsAsync("""
            select rolname from pg_roles
            where rolname in ('po_app', 'po_worker') and not rolsuper and not rolbypassrls and not rolcreaterole and not rolcreatedb and not rolcanlogin
                and not exists (select from pg_class c where c.relowner = pg_roles.oid) and not exists (select from pg_auth_members m where m.member = pg_roles.oid)
            order by 1
            """));
        Assert.Equal([], await system.Database.RowsAsync("""
            select role, t, privilege
            from unnest(array['po_app', 'po_worker']) role, unnest(array['ledger_transactions', 'ledger_entries']) t, unnest(array['update', 'delete', 'truncate', 'trigger', 'references']) privilege
            where has_table_privilege(role, t, privilege) or (privilege in ('update', 'references') and has_any_column_privilege(role, t, privilege))
            """));
        foreach (var sql in new[] { "update ledger_entries set amount = amount + 1", "delete from ledger_entries", "alter table payments disable row level security", "drop policy tenant on payments" })
        {
            await using var connection = await Make().OpenAsync(new Caller(1, Mode.Test), TestContext.Current.CancellationToken);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql))).SqlState);
        }
    }

    [Fact]
    public async Task Statements_without_their_tenant_filter_return_no_foreign_row()
    {
        Assert.SkipWhen(system.IsCitus, WhyNotOnCitus);
        var (tenant, payment, refund) = await RefundedAsync();
        var api = tenant.Test;
        var stranger = await system.NewMarketplaceAsync();
        var buyer = payment["buyer_id"];
        var check = (await api.CheckAsync(buyer)).Must(201).Id;
        var options = (await api.PostAsync("/v1/payment-options", new JsonObject { ["buyer_id"] = buyer, ["order"] = ApiClient.Order(ApiClient.NewOrder(), 100_00) })).Must(201).Id;
        var happened = (await api.GetAsync("/v1/events")).Must(200)["data.0.id"];
        var quote = payment["quote_id"];
        var (_, reference) = await system.DisputedAsync(api);
        (await system.NotifyDisputeAsync(reference)).Must(200);
        var dispute = (await api.GetAsync("/v1/disputes")).Must(200)["data.0.id"];
        var day = new DateTimeOffset(2026, 4, 13, 0, 0, 0, TimeSpan.Zero);
        var statement = (await api.UploadAsync("card", day, day.AddDays(1), [$"payment,pi_stray,,,USD,1,{day.Text()}"])).Must(201).Id;
        var endpoint = (await api.PostAsync("/v1/webhook-endpoints", new JsonObject { ["url"] = "https://shop.example/hooks" })).Must(201).Id;
        (await api.PostAsync($"/v1/webhook-endpoints/{endpoint}/test", new JsonObject())).Must(200);
        var session = (await api.PostAsync("/v1/buyer-sessions", new JsonObject { ["buyer_id"] = buyer })).Must(201).Id;
        var key = (await api.GetAsync("/v1/api-keys")).Must(200)["data.0.id"];
        // The one thing that the others have from the start; each may see its own.
        var own = await system.Database.RowsAsync("select id from api_keys where marketplace_id = $1 or (marketplace_id = $2 and mode = 'live')", stranger.Id, tenant.Id);
        var db = Make();
        foreach (var (path, id) in new[]
        {
            ($"/v1/buyers/{buyer}", buyer), ($"/v1/buyers/{buyer}/linked-accounts", buyer), ($"/v1/eligibility-checks/{check}", check), ($"/v1/payment-options/{options}", options),
            ($"/v1/quotes/{quote}", quote), ($"/v1/payments/{payment.Id}", payment.Id), ("/v1/payments", payment.Id), ($"/v1/payments?buyer_id={buyer}", buyer),
            ($"/v1/payments/{payment.Id}/timeline", payment.Id), ($"/v1/payments/{payment.Id}/refunds", payment.Id), ($"/v1/refunds/{refund}", refund),
            ("/v1/ledger/entries", payment.Id), ($"/v1/ledger/entries?payment_id={payment.Id}", payment.Id), ("/v1/ledger/balances", payment.Id),
            ("/v1/events", happened), ($"/v1/events/{happened}", happened),
            ("/v1/disputes", dispute), ($"/v1/disputes/{dispute}", dispute), ("/v1/reconciliations", statement), ($"/v1/reconciliations/{statement}", statement),
            ($"/v1/reconciliations/{statement}/lines", statement), ($"/v1/reconciliations/{statement}/differences", statement),
            ("/v1/webhook-endpoints", endpoint), ($"/v1/webhook-endpoints/{endpoint}", endpoint), ($"/v1/webhook-endpoints/{endpoint}/deliveries", endpoint),
            ($"/v1/buyer-sessions/{session}", session), ("/v1/api-keys", key), ($"/v1/api-keys/{key}", key), ("/v1/audit-log", key),
        })
        {
            var commands = await RecordAsync(() => api.GetAsync(path));
            Assert.True(commands.Count > 0, $"{path} sent nothing.");
            var seen = 0;
            foreach (var command in commands)
            {
                var open = TenantFilter().Replace(command, "true");
                Assert.True(open != command, $"{path}: no filter is found in {command}");
                Assert.DoesNotContain("@mode", open, StringComparison.Ordinal);
                // To its own marketplace the statement shows something, without the filter too: so it is the wall that hides it from another.
                seen += await CountAsync(db, new Caller(tenant.Id, Mode.Test), open, id);
                foreach (var other in new[] { new Caller(stranger.Id, Mode.Test), new Caller(tenant.Id, Mode.Live), new Caller(stranger.Id, Mode.Live) })
                    Assert.True(await CountAsync(db, other, open, id, own) == 0, $"{path}, marketplace {other.MarketplaceId} ({other.Mode.Code()}): {open}");
            }

            Assert.True(seen > 0, $"{path} shows its own marketplace nothing: {string.Join('\n', commands)}");
        }
    }

    [Fact]
    public async Task Tables_with_policies_of_their_own_show_ones_own_and_what_is_everybodys()
    {
        Assert.SkipWhen(system.IsCitus, WhyNotOnCitus);
        var tenant = await system.NewMarketplaceAsync();
        var stranger = await system.NewMarketplaceAsync();
        var rules = JsonNode.Parse((await tenant.Test.GetAsync("/v1/fee-schedules/fee_default_2")).Must(200).At("rules").GetRawText())!.AsArray();
        foreach (var rule in rules) rule!.AsObject().Remove("object");
        var own = (await tenant.Test.PostAsync("/v1/fee-schedules", new JsonObject { ["rules"] = rules })).Must(201).Id;
        var db = Make();
        foreach (var (caller, sees) in new[] { (new Caller(tenant.Id, Mode.Test), true), (new Caller(tenant.Id, Mode.Live), false), (new Caller(stranger.Id, Mode.Test), false) })
        {
            await using var connection = await db.OpenAsync(caller, TestContext.Current.CancellationToken);
            // Every list that there is: one's own and the default ones.
            string[] lists = sees ? [own] : [];
            Assert.Equal(lists, await connection.QueryAsync<string>("select id from fee_schedules where marketplace_id is not null"));
            Assert.Contains("fee_default_2", await connection.QueryAsync<string>("select id from fee_schedules"));
            Assert.Equal([caller.MarketplaceId], await connection.QueryAsync<int>("select id from marketplaces"));
            // Written in one's own name alone, and never changed.
            foreach (var (sql, state) in new[]
            {
                ("insert into fee_schedules (id, marketplace_id, mode, effective_from, rules, note, created_at) select 'fee_stolen', @other, 'test', now(), rules, note, now() from fee_schedules limit 1", "row-level security"),
                ("insert into fee_schedules (id, marketplace_id, mode, effective_from, rules, note, created_at) select 'fee_for_all', null, null, now(), rules, note, now() from fee_schedules limit 1", "row-level security"),
                ("update fee_schedules set note = 'x'", "permission denied"), ("delete from fee_schedules", "permission denied"),
                ("insert into marketplaces (id, name) values (@other + 1000000, 'x')", ""), ("update marketplaces set name = 'x'", "permission denied"),
            })
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql, new { other = caller.MarketplaceId == tenant.Id ? stranger.Id : tenant.Id }));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
                Assert.Contains(state, refused.MessageText, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Without_a_marketplace_or_with_another_no_table_shows_a_row()
    {
        Assert.SkipWhen(system.IsCitus, WhyNotOnCitus);
        var (tenant, _, _) = await RefundedAsync();
        var stranger = await system.Database.NewMarketplaceAsync();
        var tables = await system.Database.RowsAsync(
            "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'marketplace_id' and table_name not in ('exchange_rate_decisions', 'fee_schedules') order by 1");
        var count = string.Join(" union all ", tables.Select(table => $"select '{table}' as name, count(*) as rows from {table}"));
        var db = Make();
        async Task<IReadOnlyList<string>> Shown(Func<Task<System.Data.Common.DbConnection>> open)
        {
            await using var connection = await open();
            return [.. (await connection.QueryAsync<(string Name, long Rows)>(count)).Where(row => row.Rows > 0).Select(row => row.Name)];
        }

        Assert.Equal([], await Shown(async () => await db.OpenSharedAsync(TestContext.Current.CancellationToken)));
        Assert.Equal([], await Shown(async () => await db.OpenAsync(new Caller(stranger, Mode.Test), TestContext.Current.CancellationToken)));
        var own = await Shown(async () => await db.OpenAsync(new Caller(tenant.Id, Mode.Test), TestContext.Current.CancellationToken));
        Assert.Superset(new HashSet<string> { "api_keys", "attempts", "buyers", "events", "idempotency_keys", "ledger_entries", "ledger_transactions", "linked_accounts", "live_payments", "payments", "quotes", "refunds" }, own.ToHashSet());
    }

    [Fact]
    public async Task Nothing_can_be_written_in_another_marketplaces_name()
    {
        Assert.SkipWhen(system.IsCitus, WhyNotOnCitus);
        var (tenant, payment, _) = await RefundedAsync();
        var stranger = await system.Database.NewMarketplaceAsync();
        await using var connection = await Make().OpenAsync(new Caller(stranger, Mode.Test), TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(
            "insert into buyers (id, marketplace_id, mode, reference, country, created_at, shard_key) values (gen_random_uuid(), @marketplace, 'test', 'x', 'US', now(), 1);", new { marketplace = tenant.Id }));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        Assert.Contains("row-level security", refused.MessageText, StringComparison.Ordinal);
        Assert.Equal(0, await connection.ExecuteAsync("update payments set status = 'failed', version = version + 1 where id = @id;", new { id = Database.Uuid(payment.Id) }));
        Assert.Equal(0, await connection.ExecuteAsync("delete from live_payments where payment_id = @id;", new { id = Database.Uuid(payment.Id) }));
        Assert.Equal("succeeded", (await tenant.Test.GetAsync($"/v1/payments/{payment.Id}")).Must(200)["status"]);
    }

    [Fact]
    public async Task A_pooled_connection_remembers_no_marketplace_not_after_a_transaction_and_not_after_an_error()
    {
        Assert.SkipWhen(system.IsCitus, WhyNotOnCitus);
        var (tenant, _, _) = await RefundedAsync();
        var caller = new Caller(tenant.Id, Mode.Test);
        var db = Make(";Maximum Pool Size=1");
        const string look = "select pg_backend_pid(), count(*), coalesce(current_setting('app.marketplace_id', true), '') from payments;";
        await using (var fresh = await db.OpenSharedAsync(TestContext.Current.CancellationToken))
            Assert.Equal(0, (await fresh.QuerySingleAsync<(int, long Count, string)>(look)).Count);
        for (var i = 0; i < 8; i++)
        {
            int server;
            await using (var connection = await db.OpenAsync(caller, TestContext.Current.CancellationToken))
            {
                (server, var own, _) = await connection.QuerySingleAsync<(int, long, string)>(look);
                Assert.Equal(1, own);
                if (i % 4 == 1) await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("select 1 / 0;"));
                if (i % 4 == 2)
                {
                    await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
                    Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from payments;", transaction: transaction));
                    if (i > 4) await transaction.CommitAsync(TestContext.Current.CancellationToken);
                }

                if (i % 4 == 3)
                {
                    await using var batch = connection.CreateBatch();
                    batch.BatchCommands.Add(new NpgsqlBatchCommand("select count(*) from payments"));
                    await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
                }
            }

            await using var next = await db.OpenSharedAsync(TestContext.Current.CancellationToken);
            Assert.Equal((server, 0L, ""), await next.QuerySingleAsync<(int, long, string)>(look));
        }
    }

    [Fact]
    public async Task What_tells_the_marketplace_is_prepared_once_and_counts_for_nothing()
    {
        Assert.SkipWhen(system.IsCitus, WhyNotOnCitus);
        var (tenant, payment, _) = await RefundedAsync();
        var db = Make(";Maximum Pool Size=1");
        await using var connection = await db.OpenAsync(new Caller(tenant.Id, Mode.Test), TestContext.Current.CancellationToken);
        var id = Database.Uuid(payment.Id);
        for (var i = 0; i < 10; i++) Assert.Equal(id, await connection.ExecuteScalarAsync<Guid>("select id from payments where id = @id;", new { id }));
        // Rows that were written, never those that the first statement selects.
        Assert.Equal(1, await connection.ExecuteAsync("update payments set updated_at = updated_at where id = @id;", new { id }));
        Assert.Equal(0, await connection.ExecuteAsync("update payments set updated_at = updated_at where id = @id;", new { id = Guid.Empty }));
        // Arrays go as arrays; several results are several; the last of several statements can fail, and that is heard.
        Assert.Equal([id], await connection.QueryAsync<Guid>("select id from payments where id = any (@ids);", new { ids = new[] { id, Guid.Empty } }));
        await using (var rows = await connection.QueryMultipleAsync("select id from payments where id = @id; select 7; select count(*) from payments;", new { id }))
        {
            Assert.Equal(id, await rows.ReadSingleAsync<Guid>());
            Assert.Equal(7, await rows.ReadSingleAsync<int>());
            Assert.Equal(1, await rows.ReadSingleAsync<long>());
        }

        await Assert.ThrowsAsync<PostgresException>(() => connection.QuerySingleAsync<int>("select 1; select 1 / 0;"));
        await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteScalarAsync<int>("select 1; select 1 / 0;"));
        var prepared = await connection.QueryAsync<string>("select statement from pg_prepared_statements where statement like '%set_config%';");
        Assert.StartsWith("select set_config('app.marketplace_id', $1, true), set_config('app.mode', $2, true), set_config('enable_seqscan', 'off', true)", Assert.Single(prepared), StringComparison.Ordinal);
    }

    /// <summary>Rows that the statement returns to the caller; a row of nothing but false and zero says that there is nothing.</summary>
    /// <param name="own">Ids of rows that are the caller's own.</param>
    private static async Task<int> CountAsync(Db db, Caller caller, string sql, string id, IReadOnlyList<string>? own = null)
    {
        var parameters = new DynamicParameters();
        foreach (var name in ParameterName().Matches(sql).Select(match => match.Groups[1].Value).Distinct())
        {
            if (name is "before" or "onlyBuyer" or "session") parameters.Add(name, null, System.Data.DbType.Guid);
            else parameters.Add(name, Value(name, id));
        }

        await using var connection = await db.OpenAsync(caller, TestContext.Current.CancellationToken);
        await using var rows = await connection.QueryMultipleAsync(new CommandDefinition(sql, parameters, cancellationToken: TestContext.Current.CancellationToken));
        var count = 0;
        while (!rows.IsConsumed)
        {
            count += (await rows.ReadAsync()).Cast<IDictionary<string, object?>>().Count(row =>
                row.Values.Any(value => value is not (null or false or 0 or 0L)) && own?.Contains(row.TryGetValue("id", out var rowId) ? $"{rowId}" : "") is not true);
        }

        return count;
    }

    private static object Value(string name, string id) => name switch
    {
        "id" or "payment" or "buyer" or "endpoint" => Database.Uuid(id),
        "shard" => Id<RefundResource>.Parse($"ref_{id[4..]}", null).ShardKey,
        "objects" => new[] { id },
        "activeOnly" => false,
        "limit" or "most" => 100,
        "after" => 0,
        "since" => DateTime.UnixEpoch,
        "oldest" => Guid.Empty,
        "newest" => Guid.AllBitsSet,
        _ => throw new InvalidOperationException($"Say what @{name} is to be."),
    };

    private async Task<(Tenant Tenant, Answer Payment, string Refund)> RefundedAsync()
    {
        var tenant = await system.NewMarketplaceAsync();
        var payment = await system.PaidAsync(tenant.Test);
        var refund = (await tenant.Test.RefundAsync(payment.Id, 5_000)).Must(201).Id;
        return (tenant, (await tenant.Test.GetAsync($"/v1/payments/{payment.Id}")).Must(200), refund);
    }

    /// <summary>The SQL that stores sent because of one request, as they wrote it.</summary>
    private static async Task<IReadOnlyList<string>> RecordAsync(Func<Task<Answer>> request)
    {
        var all = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore" or "test-wall",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = all.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test-wall");
        using var root = source.StartActivity("request")!;
        (await request()).Must(200);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        return
        [
            .. all.Where(activity => activity.Source.Name == "Npgsql" && activity.TraceId == root.TraceId)
                .Select(activity => (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement"))?.ToString())
                .OfType<string>().Where(text => text.StartsWith("select set_config(", StringComparison.Ordinal))
                .Select(text => text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]).Distinct(),
        ];
    }

    private Db Make(string settings = "")
    {
        var plain = new NpgsqlConnectionStringBuilder(system.Database.ConnectionString);
        plain.Remove("Maximum Pool Size");
        var db = new Db(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:Postgres", (string?)(plain.ConnectionString + settings))]).Build());
        opened.Add(db);
        return db;
    }

    [GeneratedRegex(@"(\w+\.)?marketplace_id = @marketplace and (\w+\.)?mode = @mode")]
    private static partial Regex TenantFilter();

    [GeneratedRegex(@"@(\w+)")]
    private static partial Regex ParameterName();
}
