using System.Globalization;
using System.Text;

namespace PaymentOrchestrator.Benchmarks.Report;

/// <summary>Writes what was measured as a page for people, each figure beside the bar that it is held against.</summary>
internal sealed class PerformanceReport(Results e2e, Results? scale, Results? micro)
{
    // Payments per second of the other system's leanest flow on a machine of this size.
    private const double MedusaPerSecond = 30;

    private readonly StringBuilder page = new();

    public void Write(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        Directory.CreateDirectory(folder);
        Line("# Performance");
        Line("Made by `dotnet run -c Release --project tests/PaymentOrchestrator.Benchmarks -- report`; do not edit. `tests/README.md` says how to make it anew.");
        Measured();
        Bars();
        Parts();
        Line("## Plots");
        Plots.Latency(Path.Combine(folder, "performance-latency.svg"), e2e);
        Line("![How long payments take](performance-latency.svg)");
        Plots.Clients(Path.Combine(folder, "performance-clients.svg"), e2e);
        Line("![Payments per second against clients](performance-clients.svg)");
        if (scale is not null)
        {
            Plots.Stored(Path.Combine(folder, "performance-stored.svg"), scale);
            Line("![Payments per second against stored payments](performance-stored.svg)");
        }

        Scale();
        Micro();
        File.WriteAllText(file, page.ToString().TrimEnd() + "\n");
    }

    private void Measured()
    {
        Line("## On what");
        page.Append(CultureInfo.InvariantCulture, $"""
            {e2e.Text("cpu")}, {e2e.Text("cores")} cores, {e2e.Text("memory_gb")} GB; {e2e.Text("system")}; {e2e.Text("runtime")}; PostgreSQL {e2e.Text("postgresql")} with
            `fsync={e2e.Text("fsync")}`, `synchronous_commit={e2e.Text("synchronous_commit")}`, `full_page_writes={e2e.Text("full_page_writes")}`, `shared_buffers={e2e.Text("shared_buffers")}`,
            `max_wal_size={e2e.Text("max_wal_size")}`, the rest as it comes. API, PostgreSQL, provider stub and load generator share these cores.

            """);
        foreach (var results in new[] { e2e, scale, micro })
            if (results is not null) page.Append(CultureInfo.InvariantCulture, $"\n- `{results.Text("command")}`, {results.Text("at")}");
        Line("\n");
        Line("""
            A payment is one by `card`, authenticated, idempotent, with the order read at 1688, the debit at the acquirer, the ledger posting and the events of the outbox: over HTTP from the client, to the
            published API, to a provider stub over HTTP, each row committed with fsync. Payments are counted as rows in the database; keys and orders are new each time. The floor is pgbench with the
            statements that the API was seen to send, as pipelines, with as many threads as help it, as the same role, in the same database, in turn with the API. Quotes are measured before the first payment:
            payments are followed to their settlement after their time, while the floor has the machine for itself. Own latency is what the client waited less the
            time in which the stub had a call of that order in hand; the way to the stub and back, and our HTTP client's work on it, counts as ours. In the open loop a latency
            counts from the time that the request was due.

            What is not in it: the marketplaces have no webhook endpoint (with one, dispatching writes each event anew, some 0.15 ms of PostgreSQL per payment), and of the settlements, which are asked for seconds
            after the payment, an instance follows at most a hundred a second; those of its time are in the figures, what waits is not.
            """);
    }

    private void Bars()
    {
        Line("## Against the bars");
        page.AppendLine("| what | measured | bar | |\n|---|---:|---:|---|");
        Bar("payments/s over the pipelined floor", e2e.Find("payments_over_floor"), 0.4, atLeast: true);
        Bar("payments/s over Medusa's leanest flow (30/s)", e2e.Find("payments_per_s") / MedusaPerSecond, 40, atLeast: true);
        Bar("own latency at one client, p50, ms", e2e.Find("own_latency_ms.p50"), 3, atLeast: false);
        Bar("own latency at one client, p99, ms", e2e.Find("own_latency_ms.p99"), 10, atLeast: false);
        Bar("own latency at half of the peak, p99, ms", e2e.Find("half_peak_own_latency_ms.p99"), 25, atLeast: false);
        Bar("quotes/s over the floor of their one round trip", e2e.Find("quotes_over_floor"), 0.4, atLeast: true);
        if (scale is not null) Bar($"payments/s with {Results.Show(Largest())} stored over {Results.Show(Smallest())} stored", scale.Find("large_over_small"), 0.9, atLeast: true);
        Bar("one buyer takes half, over uniform", e2e.Find("skewed_buyer_over_uniform"), 0.8, atLeast: true);
        Bar("one marketplace takes half, over uniform", e2e.Find("skewed_marketplace_over_uniform"), 0.8, atLeast: true);
        Bar("resident memory of the API, peak, MB", e2e.Find("rss_mb"), 150, atLeast: false);
        Bar("start to ready against an existing database, ms", e2e.Find("start_to_ready_ms"), 1000, atLeast: false);
        Bar("errors", e2e.Find("errors"), 0, atLeast: false);
        Bar("violations that the proof of the books found afterwards", e2e.Find("ledger_violations"), 0, atLeast: false);
        Line("");
    }

    private void Bar(string what, double? measured, double bar, bool atLeast)
    {
        var verdict = measured switch { null => "not measured", { } value when (atLeast ? value >= bar : value <= bar) => "reached", _ => "**not reached**" };
        page.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {Results.Show(measured)} | {(atLeast ? "≥" : "≤")} {Results.Show(bar)} | {verdict} |");
    }

    private void Parts()
    {
        Line("## All figures");
        page.AppendLine("| what | |\n|---|---:|");
        foreach (var (what, name) in new[]
        {
            ("payments/s by `card`", "payments_per_s"), ("floor: pgbench, the same statements, tx/s", "floor_per_s"), ("payments/s by `world_pay` (RSA on both sides)", "world_pay_payments_per_s"),
            ("payments/s by `alipay` (RSA on both sides)", "alipay_payments_per_s"), ("quotes/s, stored", "quotes_per_s"), ("floor of a quote, tx/s", "quote_floor_per_s"),
            ("lists of options/s, stored, providers asked anew for each", "options_per_s"), ("eligibility checks/s, likewise", "eligibility_per_s"), ("a constant/s, by the same server", "constant_per_s"),
            ("payment at the peak, p50, ms", "latency_ms.p50"), ("p99, ms", "latency_ms.p99"), ("p99.9, ms", "latency_ms.p999"),
            ("own latency at one client, p99.9, ms", "own_latency_ms.p999"), ("whole payment at one client, p50, ms", "one_client_latency_ms.p50"),
            ("payments/s at half of the peak", "half_peak_per_s"), ("own latency there, p50, ms", "half_peak_own_latency_ms.p50"), ("p99.9, ms", "half_peak_own_latency_ms.p999"),
            ("CPU per payment, all processes, ms", "cpu_ms_per_payment"), ("of it the API, ms", "cpu_ms_per_payment_api"), ("PostgreSQL, ms", "cpu_ms_per_payment_postgres"),
            ("provider stub, ms", "cpu_ms_per_payment_stub"), ("load generator, ms", "cpu_ms_per_payment_load"),
            ("round trips to PostgreSQL per payment", "round_trips_per_payment"), ("statements in them", "statements_per_payment"), ("round trips per quote", "round_trips_per_quote"),
            ("write-ahead log per payment, bytes", "wal_bytes_per_payment"), ("fsyncs per payment", "fsyncs_per_payment"),
        })
            page.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {Results.Show(e2e.Find(name))} |");
        Line("");
    }

    private void Scale()
    {
        if (scale is null) return;
        Line("## With more stored");
        Line("""
            Each size is a database of its own with an instance of the API of its own; they are measured in turn. What ends by age (events and keys) is there for the last tenth of the payments, as retention
            leaves it; all else of every payment is there, with all indexes.
            """);
        page.AppendLine("| payments stored | payments/s | p50, ms | p99, ms | database, GB | bytes per payment that stay | bytes that end by age |\n|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var size in scale.List("sizes"))
        {
            string Cell(string name) => Results.Show(size.GetProperty(name).GetDouble());
            page.AppendLine(CultureInfo.InvariantCulture, $"| {Cell("stored")} | {Cell("payments_per_s")} | {Cell("p50_ms")} | {Cell("p99_ms")} | {Cell("database_gb")} | {Cell("bytes_per_payment")} | {Cell("bytes_per_payment_ending_by_age")} |");
        }

        Line("");
        foreach (var reason in scale.List("not_run")) Line(reason.GetString()!);
    }

    private void Micro()
    {
        if (micro is null) return;
        Line("## Piece by piece");
        page.AppendLine("| what | time | allocated |\n|---|---:|---:|");
        foreach (var benchmark in micro.List("benchmarks"))
        {
            var ns = benchmark.GetProperty("mean_ns").GetDouble();
            var time = ns >= 1000 ? $"{Results.Show(ns / 1000)} µs" : $"{Results.Show(ns)} ns";
            page.AppendLine(CultureInfo.InvariantCulture, $"| {benchmark.GetProperty("name").GetString()} | {time} | {benchmark.GetProperty("allocated_bytes").GetInt64()} B |");
        }

        Line("");
    }

    private double Smallest() => scale!.List("sizes")[0].GetProperty("stored").GetDouble();

    private double Largest() => scale!.List("sizes")[^1].GetProperty("stored").GetDouble();

    private void Line(string text) => page.Append(text).Append("\n\n");
}
