using PaymentOrchestrator.Api.Http;
using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Operations;

/// <summary>What Swagger UI is told on a machine with demo data, and nowhere else.</summary>
public sealed class DocumentationDemoTests(TestSystem system)
{
    [Fact]
    public async Task The_examples_have_the_demo_datas_ids_where_the_host_tells_them()
    {
        const string real = "byr_01m83vg7rmexqawa3bsj43d788";
        await using var told = await system.StartOtherAsync(TimeProvider.System, $"--Documentation:Demo:buyer_ready={real}");

        var document = (await told.Client.GetAsync("/openapi.yaml")).Must(200).Text;

        Assert.Contains(real, document, StringComparison.Ordinal);
        Assert.DoesNotContain(DocumentationExamples.Demo["buyer_ready"], document, StringComparison.Ordinal);
        Assert.Contains(DocumentationExamples.Demo["buyer_new"], document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_key_is_served_where_it_is_set_and_nothing_is_where_it_is_not()
    {
        await using var local = await system.StartOtherAsync(TimeProvider.System, "--Documentation:DemoKey=po_test_shown");
        Assert.Contains("po_test_shown", (await local.Client.GetAsync(DocumentationDemo.ScriptPath)).Must(200).Text, StringComparison.Ordinal);
        Assert.Contains(DocumentationDemo.ScriptPath, (await local.Client.GetAsync("/swagger/index.html")).Must(200).Text, StringComparison.Ordinal);

        await using var app = ApiApp.BuildForDocument();
        Assert.DoesNotContain(((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints), endpoint => endpoint.ToString()!.Contains(DocumentationDemo.ScriptPath, StringComparison.Ordinal));
    }

    [Fact]
    public void A_live_key_stops_the_start() =>
        Assert.Contains("Documentation:DemoKey", Assert.Throws<InvalidOperationException>(() => ApiApp.Build(
        [
            "--ConnectionStrings:Postgres", "Host=localhost", "--Api:PublicUrl", "http://localhost", "--DataProtection:Key", Convert.ToBase64String(new byte[32]),
            "--Documentation:DemoKey", "po_live_secret",
        ])).Message, StringComparison.Ordinal);
}
