using System.Globalization;
using System.Text;

namespace PaymentOrchestrator.Benchmarks.Report;

/// <summary>Writes what a rate of payments takes, computed from what one payment was measured to cost.</summary>
internal sealed class CapacityPlan(Results e2e, Results scale)
{
    // What is assumed rather than measured; the page names each.
    private const double Utilisation = 0.5;
    private const int CoresPerInstance = 2;
    private const int CoresPerWorker = 16;
    private const double LogBytesPerWorker = 100e6;
    private const int DaysOfEvents = 30;
    private const int Copies = 2;

    private static readonly double[] Rates = [10, 1_000, 100_000];

    private readonly double apiMs = e2e.Number("cpu_ms_per_payment_api");
    private readonly double postgresMs = e2e.Number("cpu_ms_per_payment_postgres");
    private readonly double logBytes = e2e.Number("wal_bytes_per_payment");
    private readonly double heldMs = e2e.Number("half_peak_own_latency_ms.p50");
    private readonly double quoteShare = e2e.Number("payments_per_s") / e2e.Number("quotes_per_s");
    private readonly double bytes = scale.Number("bytes_per_payment");
    private readonly double bytesByAge = scale.Number("bytes_per_payment_ending_by_age");

    public void Write(string file)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Capacity

            Computed by `dotnet run -c Release --project tests/PaymentOrchestrator.Benchmarks -- report` from what a payment was measured to cost
            ([reports/performance.md](reports/performance.md)); do not edit. Rates are averages over the busiest hour; where peaks within it are higher, take theirs.

            ## What one payment costs

            | | measured |
            |---|---:|
            | CPU of the API, ms | {Results.Show(apiMs)} |
            | CPU of PostgreSQL, ms | {Results.Show(postgresMs)} |
            | write-ahead log, bytes | {Results.Show(logBytes)} |
            | own time at half of the peak, p50, ms | {Results.Show(heldMs)} |
            | disk that stays: payment, attempt, quote, books, bytes with indexes | {Results.Show(bytes)} |
            | disk that ends by age: events and keys, bytes with indexes | {Results.Show(bytesByAge)} |

            The price before it (one stored quote for a payment) is taken at {Results.Show(quoteShare)} of a payment's CPU, the ratio of payments/s to quotes/s on the same cores.

            ## Formulas

            For a rate `r` in payments/s:

            - cores for the API = r × (1 + quote share) × CPU of the API ÷ 1000 ÷ {Results.Show(Utilisation)}; instances = cores ÷ {CoresPerInstance}, at least 2, so that one may fail
            - cores for PostgreSQL = r × (1 + quote share) × CPU of PostgreSQL ÷ 1000 ÷ {Results.Show(Utilisation)}
            - log, bytes/s = r × (1 + quote share) × log per payment
            - database nodes = the larger of cores ÷ {CoresPerWorker} and log ÷ {Results.Show(LogBytesPerWorker / 1e6)} MB/s, rounded up; 1 is plain PostgreSQL, more are Citus workers besides a coordinator
            - connections in use at once = r × (1 + quote share) × own time ÷ 1000 ÷ {Results.Show(Utilisation)} (own time is longer than a connection is held: none is, while a provider is waited for), at least 2 an instance
            - disk after a year = r × 31,536,000 × bytes that stay; besides r × 86,400 × {DaysOfEvents} × bytes that end by age; × {Copies} with a standby

            ## What that comes to

            | payments/s | API cores | instances | PostgreSQL cores | database nodes | connections in use | log, MB/s | disk a year, TB | disk that ends by age, TB |
            |---:|---:|---:|---:|---:|---:|---:|---:|---:|

            """);
        foreach (var rate in Rates)
        {
            var work = rate * (1 + quoteShare);
            var (apiCores, postgresCores, log) = (work * apiMs / 1000 / Utilisation, work * postgresMs / 1000 / Utilisation, work * logBytes);
            var instances = Math.Max(2, Math.Ceiling(apiCores / CoresPerInstance));
            var nodes = Math.Max(1, Math.Ceiling(Math.Max(postgresCores / CoresPerWorker, log / LogBytesPerWorker)));
            var connections = Math.Max(2 * instances, Math.Ceiling(work * heldMs / 1000 / Utilisation));
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| {rate:N0} | {Show(apiCores)} | {instances:N0} | {Show(postgresCores)} | {nodes:N0} | {connections:N0} | {Show(log / 1e6)} | {Show(rate * 31_536_000 * bytes * Copies / 1e12)} | {Show(rate * 86_400 * DaysOfEvents * bytesByAge * Copies / 1e12)} |");
        }

        page.Append(CultureInfo.InvariantCulture, $"""

            ## What is assumed

            - Cores are like those measured on, and are kept busy to {Utilisation:P0} at most: latencies hold there, and a failed half leaves enough.
            - A payment has one quote. Eligibility checks and lists of options come on top: their rates are in the report.
            - Shards grow evenly and independently: one payment is one shard, and nothing of a payment crosses two. That more workers give as much more was not measured on this machine.
            - A node has {CoresPerWorker} cores and a disk that takes {Results.Show(LogBytesPerWorker / 1e6)} MB/s of log durably; log per payment includes full pages after checkpoints, which fewer checkpoints lessen.
            - 1688's message that an order is paid has the payment settled: one order read and one command, about a third of a payment's CPU again, of which the figures above hold a part. Where messages do not come, an instance
              looks after at most a hundred settlements a second; more of them wait, behind every payment whose outcome is not known.
            - Providers answer as fast as they are asked. A slow one costs memory and sockets of the API, no connection and no lock; providers' own limits come first in practice.
            - More than some hundred connections go through PgBouncer in transaction mode; each instance asks for at most 100 for requests and 20 for background work.
            - Payments, refunds and books are kept for ever. From some terabytes on, old shards' years want storage of their own: at 100,000 payments/s a year is no disk but an archive.

            """);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, page.ToString());
    }

    private static string Show(double number) => Results.Show(number);
}
