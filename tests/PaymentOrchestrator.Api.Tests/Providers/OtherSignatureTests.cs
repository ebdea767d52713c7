using System.Text;
using PaymentOrchestrator.Api.Providers.CardAcquirer;
using PaymentOrchestrator.Api.Providers.Marketplace1688;
using Stripe;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

public sealed class OtherSignatureTests
{
    [Fact]
    public void Signature_for_1688_equals_the_official_example_in_any_order_of_parameters()
    {
        foreach (var vector in Vectors.Alibaba.GetProperty("cases").EnumerateArray())
        {
            var parameters = vector.GetProperty("params").EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetString()!);
            Assert.Equal(vector.Text("signature"), AopSignature.Sign(vector.Text("secret"), vector.Text("urlPath"), parameters));
            Assert.Equal(vector.Text("signature"), AopSignature.Sign(vector.Text("secret"), vector.Text("urlPath"), parameters.Reverse()));
            parameters[AopSignature.Parameter] = "is not part of what is signed";
            Assert.Equal(vector.Text("signature"), AopSignature.Sign(vector.Text("secret"), vector.Text("urlPath"), parameters));
            parameters["a"] += "0";
            Assert.NotEqual(vector.Text("signature"), AopSignature.Sign(vector.Text("secret"), vector.Text("urlPath"), parameters));
        }
    }

    [Fact]
    public void A_message_of_1688_verifies_with_the_right_secret_alone()
    {
        var signature = AopSignature.Sign("secret", "", [new("message", "{\"type\":\"跨境宝\"}")]);
        Assert.True(AopSignature.VerifyMessage("secret", "{\"type\":\"跨境宝\"}", signature));
        Assert.False(AopSignature.VerifyMessage("secret", "{\"type\":\"跨境宝\"} ", signature));
        Assert.False(AopSignature.VerifyMessage("another", "{\"type\":\"跨境宝\"}", signature));
        Assert.False(AopSignature.VerifyMessage("secret", "{\"type\":\"跨境宝\"}", signature[..^1]));
        Assert.False(AopSignature.VerifyMessage("secret", "{\"type\":\"跨境宝\"}", null));
    }

    [Fact]
    public void A_webhook_of_Stripe_verifies_within_five_minutes_and_unchanged()
    {
        foreach (var vector in Vectors.Stripe.GetProperty("cases").EnumerateArray())
        {
            var (secret, body, v1) = (vector.Text("secret"), Encoding.UTF8.GetBytes(vector.Text("payload")), vector.Text("v1"));
            var at = DateTimeOffset.FromUnixTimeSeconds(vector.GetProperty("timestamp").GetInt64());
            var header = $"t={at.ToUnixTimeSeconds()},v1={v1}";

            Assert.True(StripeSignature.Verify(secret, header, body, at));
            Assert.True(StripeSignature.Verify(secret, header, body, at.AddSeconds(300)));
            Assert.True(StripeSignature.Verify(secret, header, body, at.AddSeconds(-300)));
            Assert.True(StripeSignature.Verify(secret, $"t={at.ToUnixTimeSeconds()},v1={new string('0', 64)},v0=x,v1={v1}", body, at));
            Assert.False(StripeSignature.Verify(secret, header, body, at.AddSeconds(301)));
            Assert.False(StripeSignature.Verify(secret, header, body, at.AddSeconds(-301)));
            Assert.False(StripeSignature.Verify("whsec_another", header, body, at));
            Assert.False(StripeSignature.Verify(secret, $"t={at.ToUnixTimeSeconds() + 1},v1={v1}", body, at));
            Assert.False(StripeSignature.Verify(secret, header, [.. body, 10], at));
            Assert.False(StripeSignature.Verify(secret, $"t={at.ToUnixTimeSeconds()}", body, at));
            Assert.False(StripeSignature.Verify(secret, $"v1={v1}", body, at));
            Assert.False(StripeSignature.Verify(secret, $"t=9223372036854775807,v1={v1}", body, at));
            Assert.False(StripeSignature.Verify(secret, null, body, at));
        }
    }

    [Fact]
    public void What_the_SDK_of_Stripe_signs_verifies()
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var header = EventUtility.GenerateSignatureHeader("{\"id\":\"evt_1\"}", "whsec_x", at.ToUnixTimeSeconds());
        Assert.True(StripeSignature.Verify("whsec_x", header, "{\"id\":\"evt_1\"}"u8, at));
    }
}
