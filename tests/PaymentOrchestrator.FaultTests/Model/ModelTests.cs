using CsCheck;
using PaymentOrchestrator.FaultTests.Simulation;
using Xunit;

namespace PaymentOrchestrator.FaultTests.Model;

/// <summary>Payment, refund, idempotency and quote consumption are what a hundred lines say: one request after the other, and several at once.</summary>
public sealed class ModelTests : IAsyncLifetime
{
    private static readonly long?[] Amounts = [null, 1, 333_33, 500_00, 500_01, ShopModel.Amount, ShopModel.Amount + 1];
    private static readonly Gen<int> Quote = Gen.Int[0, ShopModel.OrderOfQuote.Length - 1];
    private static readonly Gen<string> Key = Gen.Int[0, 2].Select(number => $"key-{number}");
    private static readonly Gen<long?> Amount = Gen.Int[0, Amounts.Length - 1].Select(number => Amounts[number]);

    private static readonly GenOperation<LiveShop, ShopModel>[] Operations =
    [
        Gen.Select(Quote, Key).Operation<LiveShop, ShopModel>(
            what => $"Pay{what}", (shop, what) => shop.Pay(what.Item1, what.Item2), (model, what) => model.Pay(what.Item1, what.Item2)),
        Gen.Select(Quote, Amount, Key).Operation<LiveShop, ShopModel>(
            what => $"Refund{what}", (shop, what) => shop.Refund(what.Item1, what.Item2, what.Item3), (model, what) => model.Refund(what.Item1, what.Item2, what.Item3)),
        Gen.Int[0, 1].Operation<LiveShop, ShopModel>(what => $"Quote({what})", (shop, what) => shop.Quote(what), (model, what) => model.Quote(what)),
    ];

    private Simulator? simulator;

    public async ValueTask InitializeAsync() => simulator = await Simulator.StartAsync(1);

    public async ValueTask DisposeAsync()
    {
        if (simulator is not null) await simulator.DisposeAsync();
    }

    [Fact]
    public void One_request_after_the_other_does_what_the_model_does() =>
        Fresh().SampleModelBased(Operations, equal: Equal, iter: 20, threads: 2, printActual: shop => shop.State(), printModel: model => model.State());

    [Fact]
    public void Requests_at_once_do_what_they_do_in_some_order() =>
        Fresh().SampleParallel(Operations, equal: Equal, maxSequentialOperations: 3, maxParallelOperations: 5, iter: 20, threads: 3, printActual: shop => shop.State(), printModel: model => model.State());

    private Gen<(LiveShop, ShopModel)> Fresh() => Gen.Int.Select(_ => (LiveShop.Open(simulator!.World), new ShopModel()));

    private static bool Equal(LiveShop shop, ShopModel model) => shop.State() == model.State();
}
