using PaymentOrchestrator.Api.Tests.Harness;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Operations;

/// <summary>What every answer tells browsers, caches and whoever looks for a banner.</summary>
public sealed class SecurityHeaderTests(TestSystem system)
{
    [Theory]
    [InlineData("/v1/payment-methods", 200)]
    [InlineData("/v1/payments/pay_unknown", 404)]
    [InlineData("/v1/nothing", 404)]
    [InlineData("/health/live", 200)]
    [InlineData("/openapi.yaml", 200)]
    public async Task Answers_are_not_stored_not_framed_and_not_guessed_at(string path, int status)
    {
        var answer = (await system.Api.GetAsync(path)).Must(status);
        Assert.Equal("no-store", answer.Headers["Cache-Control"].Replace(",", "", StringComparison.Ordinal).Replace("no-cache", "", StringComparison.Ordinal).Trim());
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
        Assert.Equal("DENY", answer.Headers["X-Frame-Options"]);
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", answer.Headers["Content-Security-Policy"]);
        Assert.DoesNotContain("Server", answer.Headers.Keys);
        Assert.DoesNotContain("X-Powered-By", answer.Headers.Keys);
    }

    [Fact]
    public async Task An_unauthorised_answer_has_them_too()
    {
        var answer = (await system.ClientWith(null).GetAsync("/v1/payments")).Must(401);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
    }

    [Fact]
    public async Task Swagger_UI_runs_its_own_scripts_and_no_others()
    {
        var page = (await system.Api.GetAsync("/swagger/index.html")).Must(200);
        var policy = page.Headers["Content-Security-Policy"];
        Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' 'unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        // Scripts inside the page would not run under it.
        Assert.DoesNotMatch("<script>", page.Text);
        Assert.DoesNotMatch(@"<script(?![^>]*\bsrc=)", page.Text);
    }

    [Fact]
    public async Task HSTS_is_said_behind_TLS_and_only_on_a_trusted_proxys_word()
    {
        static void Forwarded(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        var direct = await system.Api.SendAsync(HttpMethod.Get, "/health/live", null, null, Forwarded);
        Assert.DoesNotContain("Strict-Transport-Security", direct.Headers.Keys);

        await using var behind = await system.StartOtherAsync(TimeProvider.System, "--Network:TrustedProxies=10.0.0.0/8,127.0.0.1");
        var trusted = await behind.Client.SendAsync(HttpMethod.Get, "/health/live", null, null, Forwarded);
        Assert.Equal("max-age=31536000", trusted.Headers["Strict-Transport-Security"]);
        Assert.DoesNotContain("Strict-Transport-Security", (await behind.Client.GetAsync("/health/live")).Headers.Keys);

        await using var other = await system.StartOtherAsync(TimeProvider.System, "--Network:TrustedProxies:0=10.0.0.0/8");
        var untrusted = await other.Client.SendAsync(HttpMethod.Get, "/health/live", null, null, Forwarded);
        Assert.DoesNotContain("Strict-Transport-Security", untrusted.Headers.Keys);
    }
}
