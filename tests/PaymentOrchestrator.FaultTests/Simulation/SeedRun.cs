using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PaymentOrchestrator.FaultTests.Checking;
using PaymentOrchestrator.FaultTests.Points;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests.Simulation;

/// <summary>What a seed came to.</summary>
/// <param name="Trace">Every decision and every result, the same each time that the seed is run.</param>
internal sealed record SeedOutcome(IReadOnlyList<Violation> Violations, IReadOnlyList<string> Trace, int Operations, IReadOnlyDictionary<string, long> Faults);

/// <summary>Runs one programme: everything that happens is begun, and let go on, by numbers that follow from the seed.</summary>
internal sealed class SeedRun
{
    /// <summary>After the last fault: doubling spans, from seconds to days. Providers answer now, so that the first look should end everything.</summary>
    private const int QuietRounds = 18;

    private const string NotFound = "not_found_then_found";

    /// <summary>Milliseconds; see <see cref="NotFound"/>.</summary>
    private const int FoundWithin = 60_000;

    /// <summary>Milliseconds that a provider is waited for.</summary>
    private const int CallLimit = 10_000;

    private readonly SimWorld world;
    private readonly Programme programme;
    private readonly Random choice;
    private readonly List<string> trace = [];
    private readonly List<Violation> found = [];
    private readonly List<ClientRequest> requests = [];
    private readonly List<SeenQuote> quotes = [];
    private readonly Dictionary<string, long> faults = [];
    private readonly List<Operation> ended = [];
    private readonly HashSet<long> delivered = [];
    private readonly Dictionary<int, (string Quote, int Generation)> open = [];
    private readonly Dictionary<int, string> pages = [];
    private readonly SimBuyers buyers;
    private readonly DueWork due;
    private int operations;

    private SeedRun(SimWorld world, Programme programme, SimBuyers buyers)
    {
        (this.world, this.programme, this.buyers) = (world, programme, buyers);
        due = new DueWork(world, buyers);
        choice = Programme.Stream(programme.Seed, -2);
    }

    public static async Task<SeedOutcome> RunAsync(SimWorld world, Programme programme)
    {
        // Between seeds whatever an instance remembers of its providers' health is forgotten.
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        var run = new SeedRun(world, programme, await world.BuyersForNextSeedAsync());
        world.Errors.Take();
        await run.ActAllAsync();
        await run.ComeToRestAsync();
        await run.CheckAsync();
        return new SeedOutcome(run.found, run.trace, run.operations, run.faults);
    }

    private async Task ActAllAsync()
    {
        var next = 0;
        while (true)
        {
            var standing = world.Scheduler.Standing;
            if (next == programme.Acts.Count && standing.Count == 0) return;
            if (programme.HoldAt is { } hold && standing.Where(operation => operation.At != hold).ToList() is var free && (free.Count > 0 || next < programme.Acts.Count)) standing = free;
            // New acts come while old ones are under way, but not all at once.
            var begin = next < programme.Acts.Count && (standing.Count == 0 || choice.Next(100) < (standing.Count > 5 ? 15 : 45));
            if (begin) await BeginAsync(programme.Acts[next++]);
            else await GoOnAsync(standing[choice.Next(standing.Count)]);
        }
    }

    private async Task BeginAsync((int Number, Act Act) next)
    {
        trace.Add($"{next.Number} {next.Act}");
        switch (next.Act)
        {
            case Act.Advance(var milliseconds):
                if (programme.CallsEnd && milliseconds > CallLimit)
                    while (world.Scheduler.Standing.FirstOrDefault(operation => operation.At == Landmark.Debit || operation.At == Landmark.CancelCall) is { } sent) await GoOnAsync(sent);
                await world.AdvanceAsync(TimeSpan.FromMilliseconds(milliseconds));
                // A provider finds what it executed after seconds, at worst; minutes later "not found" is its word.
                if (milliseconds > FoundWithin && programme.Acts.Any(act => act.Act is Act.Trouble { Fault: NotFound }))
                    foreach (var (kind, hits) in await world.Shops[0].EndTroubleAsync(NotFound)) Count(kind, hits);
                break;
            case Act.Balance(var buyer, var enough):
                if (!enough) Count("balance_gone");
                await SetBalancesAsync(buyer, enough);
                break;
            case Act.Trouble(var buyer, var fault, var provider, var operation, var times):
                await world.Shops[0].ScriptAsync(new JsonObject
                {
                    ["fault"] = fault,
                    ["times"] = times,
                    // Silence costs real time and tells nothing more than a connection that is cut at once.
                    ["delay_ms"] = 0,
                    ["scope"] = new JsonObject { ["buyer_id"] = buyers.Names[buyer], ["provider"] = provider, ["operation"] = operation },
                });
                break;
            default:
                if (await PlanAsync(next.Act) is { } work) await StartAsync(next.Number, next.Act.GetType().Name, work);
                else trace.Add("  nothing to do");
                break;
        }
    }

    private Task SetBalancesAsync(int buyer, bool enough) => world.Shops[0].PatchAsync(buyers.Names[buyer], new JsonObject
    {
        ["balances"] = new JsonObject(SimBuyers.Plenty.Select(held => KeyValuePair.Create(held.Key, (JsonNode?)(enough ? held.Value : 1)))),
        ["facts"] = new JsonObject { ["worldfirst.balance"] = true },
    });

    private async Task StartAsync(int number, string name, Func<Operation, Task> work)
    {
        operations++;
        var operation = new Operation(world.Scheduler, number, name);
        ended.Add(operation);
        await world.Scheduler.StartAsync(operation, work);
        NoteEnds();
    }

    private async Task GoOnAsync(Operation operation)
    {
        trace.Add($"  {operation} goes on at {operation.At}");
        if (operation.At == Landmark.PaymentFind || operation.At == Landmark.RefundFind) await due.MakeDueAsync(operation.At == Landmark.PaymentFind, operation.Subject);
        await world.Scheduler.LetGoAsync(operation);
        NoteEnds();
    }

    private void NoteEnds()
    {
        foreach (var operation in ended.Where(operation => !world.Scheduler.IsLive(operation)).OrderBy(operation => operation.Number).ToList())
        {
            ended.Remove(operation);
            trace.Add($"  {operation} ended: {operation.Error?.GetType().Name ?? operation.Result}");
            if (operation.Error is { } error) found.Add(new Violation(ViolationKind.ServerError, $"{operation}: {error}"));
        }
    }

    /// <summary>What an act comes to as things stand; null where it has no object yet.</summary>
    private async Task<Func<Operation, Task>?> PlanAsync(Act act)
    {
        switch (act)
        {
            case Act.Quote(var number):
                return operation => QuoteAsync(operation, programme.Purchases.Single(purchase => purchase.Number == number));
            case Act.Pay(var number, var key, var instance) when open.TryGetValue(number, out var quote):
                if (requests.Any(request => request.Key == PayKey(number, quote.Generation, key) && request.Kind == RequestKind.Pay)) Count("request_repeated");
                return operation => PayAsync(operation, number, quote.Quote, PayKey(number, quote.Generation, key), instance);
            case Act.Cancel(var number, var instance) when await FindPaymentAsync(number) is { } payment:
                var canceling = $"cancel-{number}{buyers.Mark}";
                return operation => AskAsync(operation, Request(RequestKind.Cancel, number, canceling), shop => shop.CancelAsync(payment, canceling, operation.Flow), instance);
            case Act.Refund(var number, var share, var key, var instance) when await FindPaymentAsync(number) is { } payment:
                var name = $"refund-{number}-{share}-{key}{buyers.Mark}";
                long? amount = share == 0 ? null : Math.Max(1, programme.Purchases.Single(purchase => purchase.Number == number).Amount * share / 100);
                return operation => AskAsync(operation, Request(RequestKind.Refund, number, name), shop => shop.RefundAsync(payment, amount, name, operation.Flow), instance);
            case Act.Decide(var number, var approve) when pages.TryGetValue(number, out var page):
                return operation => DecideAsync(operation, page, approve);
            case Act.ResolvePayment(var pick, var instance) when Pick(await due.PaymentsAsync(), pick) is { } key:
                return operation => LookAsync(operation, key, () => world.PaymentResolver(instance).RunOnceAsync(CancellationToken.None));
            case Act.ResolveRefund(var pick, var instance) when Pick(await due.RefundsAsync(), pick) is { } key:
                return operation => LookAsync(operation, key, () => world.RefundResolver(instance).RunOnceAsync(CancellationToken.None));
            case Act.Notify(var pick, var instance) when Pick(await due.NotificationsAsync(), pick) is { } notification:
                return operation => NotifyAsync(operation, notification, instance);
            case Act.Forge(var number, var provider, var instance) when await FindPaymentAsync(number) is { } payment:
                Count("notification_forged");
                return operation => ForgeAsync(operation, payment, provider, instance);
            default:
                return null;
        }
    }

    private string PayKey(int purchase, int generation, int key) => $"pay-{purchase}-{generation}-{key}{buyers.Mark}";

    private static T? Pick<T>(IReadOnlyList<T> of, int number)
        where T : class => of.Count == 0 ? null : of[number % of.Count];

    private async Task QuoteAsync(Operation operation, Purchase purchase)
    {
        var reply = await world.Shops[0].QuoteAsync(buyers.Names[purchase.Buyer], purchase.Method, purchase.Currency, OrderOf(purchase), purchase.Amount, operation.Flow);
        operation.Result = Brief(reply);
        Heard(new ClientRequest(RequestKind.Other, buyers.Names[purchase.Buyer], null), reply);
        if (reply is not { Status: 201 }) return;
        quotes.Add(QuoteReader.Read(reply));
        open[purchase.Number] = (reply.Id!, open.TryGetValue(purchase.Number, out var earlier) ? earlier.Generation + 1 : 0);
    }

    private async Task PayAsync(Operation operation, int number, string quote, string key, int instance)
    {
        var reply = await world.Shops[instance].PayAsync(quote, key, operation.Flow);
        operation.Result = Brief(reply);
        lock (requests)
        {
            Heard(Request(RequestKind.Pay, number, key), reply);
            if (reply is { Status: 201 } && reply.Json.GetProperty("next_action") is { ValueKind: System.Text.Json.JsonValueKind.Object } action) pages[number] = action.GetProperty("url").GetString()!;
        }
    }

    private async Task AskAsync(Operation operation, ClientRequest request, Func<Shop, Task<Reply?>> send, int instance)
    {
        var reply = await send(world.Shops[instance]);
        operation.Result = Brief(reply);
        lock (requests) Heard(request, reply);
    }

    private async Task DecideAsync(Operation operation, string page, bool approve)
    {
        var back = await world.Shops[0].DecideAsync(page, approve);
        operation.Result = back is null ? "nothing to decide" : "decided";
        if (back is null) return;
        using var request = new HttpRequestMessage(HttpMethod.Get, back);
        var reply = await world.Shops[0].SendAsync(request, operation.Flow);
        operation.Result = $"back with {reply?.Status}";
        lock (requests) Heard(new ClientRequest(RequestKind.Other, "", null), reply is null ? null : reply with { Text = reply.Status >= 500 ? reply.Text : "" });
    }

    private static async Task LookAsync(Operation operation, string key, Func<Task> look)
    {
        operation.Subject = key;
        await operation.Flow.RunAsync(look);
        operation.Result = "looked";
    }

    private async Task NotifyAsync(Operation operation, Notification notification, int instance)
    {
        if (!delivered.Add(notification.Number)) Count("notification_duplicated");
        else if (delivered.Max() > notification.Number) Count("notification_reordered");
        using var request = world.Signer.Sign(notification.Provider, notification.Body);
        request.RequestUri = new Uri(world.Shops[instance].Address, request.RequestUri!.PathAndQuery);
        var reply = await world.Shops[instance].SendAsync(request, operation.Flow);
        operation.Result = $"{reply?.Status}";
        lock (requests) Heard(new ClientRequest(RequestKind.Other, "", null), reply is null ? null : reply with { Text = reply.Status >= 500 ? reply.Text : "" });
    }

    private async Task ForgeAsync(Operation operation, string payment, int provider, int instance)
    {
        string[] names = ["worldfirst", "alipay", "card", "marketplace_1688"];
        const string form = """
            {"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S"},"transferRequestId":"PAYMENT-1","paymentRequestId":"PAYMENT-1","transferStatus":"SUCCESS",
            "id":"evt_forged","object":"event","type":"payment_intent.succeeded","data":{"object":{"object":"payment_intent","id":"pi_forged","metadata":{"request_id":"PAYMENT-1","payment_id":"PAYMENT"}}}}
            """;
        var body = form.Replace("PAYMENT-1", $"{payment}-1", StringComparison.Ordinal).Replace("\"PAYMENT\"", $"\"{payment}\"", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Shops[instance].Address, $"/v1/provider-notifications/{names[provider]}"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        var time = world.Clock.Now;
        var signature = Convert.ToBase64String(new byte[256]);
        request.Headers.TryAddWithoutValidation("Client-Id", "SANDBOX_FORGED");
        request.Headers.TryAddWithoutValidation("Request-Time", time.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("Signature", $"algorithm=RSA256,keyVersion=1,signature={Uri.EscapeDataString(signature)}");
        request.Headers.TryAddWithoutValidation("Stripe-Signature", $"t={time.ToUnixTimeSeconds()},v1={new string('0', 64)}");
        var reply = await world.Shops[instance].SendAsync(request, operation.Flow);
        operation.Result = Brief(reply);
        lock (requests) Heard(Request(RequestKind.Forgery, 0, $"forged-{operation.Number}"), reply);
    }

    private ClientRequest Request(RequestKind kind, int purchase, string key)
    {
        var buyer = buyers.Names[programme.Purchases.Single(one => one.Number == purchase).Buyer];
        lock (requests)
        {
            if (requests.Find(request => request.Kind == kind && request.Key == key && request.Buyer == buyer) is { } known) return known;
            var made = new ClientRequest(kind, buyer, key);
            requests.Add(made);
            return made;
        }
    }

    private void Heard(ClientRequest request, Reply? reply)
    {
        lock (requests)
        {
            if (!requests.Contains(request)) requests.Add(request);
            request.Answers.Add(reply is null
                ? new ClientAnswer(599, null, null, "no answer at all")
                : new ClientAnswer(reply.Status, request.Kind is RequestKind.Pay or RequestKind.Refund or RequestKind.Cancel && reply.Status is 200 or 201 ? reply.Id : null, reply.State, reply.Status >= 400 ? reply.Text : null));
        }
    }

    private static string Brief(Reply? reply) => $"{reply?.Status} {reply?.Code ?? reply?.State}";

    private string OrderOf(Purchase purchase) => $"{(programme.Purchases[purchase.Order].AtCashier ? "cashier-" : "")}{buyers.Names[purchase.Buyer]}{buyers.Mark}-{purchase.Order}";

    /// <summary>The newest payment of a purchase, as a client finds it that got no answer.</summary>
    private async Task<string?> FindPaymentAsync(int number)
    {
        if (!open.TryGetValue(number, out var quote)) return null;
        var reply = await world.Shops[0].GetAsync($"/v1/quotes/{quote.Quote}");
        return reply?.Of("payment_id");
    }

    /// <summary>The faults end; then notifications come late or never, and the resolvers look until there is nothing to look for.</summary>
    private async Task ComeToRestAsync()
    {
        trace.Add("the faults end");
        if (programme.Acts.Any(act => act.Act is Act.Trouble))
            foreach (var (kind, hits) in await world.Shops[0].EndTroubleAsync()) Count(kind, hits);
        foreach (var notification in await due.NotificationsAsync())
        {
            if (delivered.Contains(notification.Number)) continue;
            if (choice.Next(2) == 0)
            {
                Count("notification_lost");
                continue;
            }

            Count("notification_late");
            await ToTheEndAsync("Notify", operation => NotifyAsync(operation, notification, choice.Next(2)));
        }

        for (var round = 0; round < QuietRounds; round++)
        {
            var (payments, refunds) = (await due.PaymentsAsync(), await due.RefundsAsync());
            if (payments.Count + refunds.Count == 0) break;
            await world.AdvanceAsync(TimeSpan.FromSeconds(5 * Math.Pow(2, round)));
            foreach (var key in payments) await ToTheEndAsync("ResolvePayment", operation => LookAsync(operation, key, () => world.PaymentResolver(0).RunOnceAsync(CancellationToken.None)));
            foreach (var key in refunds) await ToTheEndAsync("ResolveRefund", operation => LookAsync(operation, key, () => world.RefundResolver(1).RunOnceAsync(CancellationToken.None)));
        }

        foreach (var buyer in programme.Acts.Select(act => act.Act).OfType<Act.Balance>().Select(act => act.Buyer).Distinct()) await SetBalancesAsync(buyer, enough: true);
    }

    private async Task ToTheEndAsync(string name, Func<Operation, Task> work)
    {
        await StartAsync(-1, name, work);
        while (world.Scheduler.Standing is [var operation, ..]) await GoOnAsync(operation);
    }

    private async Task CheckAsync()
    {
        var seen = await due.ObserveAsync();
        found.AddRange(Checker.Check(seen with { Requests = requests, Quotes = quotes }));
        found.AddRange(world.Errors.Take().Select(error => new Violation(ViolationKind.ServerError, error)));
        foreach (var request in requests.OrderBy(request => request.Key, StringComparer.Ordinal))
            if (request.Answers.LastOrDefault(answer => answer.Id is not null) is { } answer)
                trace.Add($"{request.Key![..request.Key!.IndexOf('@', StringComparison.Ordinal)]} is {seen.Payments.FirstOrDefault(payment => payment.Id == answer.Id)?.Status ?? seen.Refunds.FirstOrDefault(refund => refund.Id == answer.Id)?.Status}");
    }

    private void Count(string fault, long times = 1) => faults[fault] = faults.GetValueOrDefault(fault) + times;
}
