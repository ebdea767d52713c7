using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using PaymentOrchestrator.Api.Providers.AntGateway;
using Xunit;

namespace PaymentOrchestrator.Api.Tests.Providers;

public sealed partial class AntSignatureTests
{
    private static readonly AntKey Private = AntKey.ParsePrivate(Vectors.PrivateKey);
    private static readonly AntKey Public = AntKey.ParsePublic(Vectors.PublicKey);

    public static TheoryData<string> Cases => [.. Vectors.Ant.GetProperty("cases").EnumerateArray().Select(@case => @case.Text("name"))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Content_and_header_equal_the_vectors_byte_for_byte(string name)
    {
        var vector = Case(name);
        var content = AntSignature.Content(vector.Method, vector.Path, vector.ClientId, vector.Time, vector.Body);
        var signature = AntSignature.Sign(Private, vector.Method, vector.Path, vector.ClientId, vector.Time, vector.Body);

        Assert.Equal(Encoding.UTF8.GetBytes(vector.Json.Text("contentToSign")), content);
        Assert.Equal(vector.Json.Text("signatureBase64"), signature);
        Assert.Equal(vector.Json.Text("header"), AntSignature.Header(signature, 1, blanks: false));
        Assert.Equal($"algorithm=RSA256, keyVersion=2, signature={vector.Json.Text("signatureUrlEncoded")}", AntSignature.Header(signature, 2, blanks: true));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_header_is_accepted_in_every_way_that_it_is_written(string name)
    {
        var vector = Case(name);
        var (encoded, raw) = (vector.Json.Text("signatureUrlEncoded"), vector.Json.Text("signatureBase64"));
        var lower = UpperHex().Replace(encoded, match => match.Value.ToLowerInvariant());
        Assert.Contains('+', raw);
        Assert.NotEqual(encoded, lower);

        Assert.True(Verify(vector, vector.Json.Text("header")));
        Assert.True(Verify(vector, $"algorithm=RSA256,keyVersion=1,signature={lower}"));
        Assert.True(Verify(vector, $"algorithm=RSA256,keyVersion=1,signature={raw}"));
        Assert.True(Verify(vector, $"algorithm=RSA256, keyVersion=2, signature={encoded}"));
        Assert.True(Verify(vector, $"signature={encoded} ,algorithm=RSA256"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_changed_byte_anywhere_fails(string name)
    {
        var vector = Case(name);
        var header = vector.Json.Text("header");
        for (var index = 0; index < vector.Body.Length; index++)
        {
            var changed = (byte[])vector.Body.Clone();
            changed[index] ^= 1;
            Assert.False(Verify(vector with { Body = changed }, header));
        }

        Assert.False(Verify(vector with { Body = [.. vector.Body, (byte)' '] }, header));
        Assert.False(Verify(vector with { Body = [] }, header));
        Assert.False(Verify(vector with { Path = vector.Path + "/" }, header));
        Assert.False(Verify(vector with { Method = "post" }, header));
        Assert.False(Verify(vector with { ClientId = vector.ClientId + "1" }, header));
        Assert.False(Verify(vector with { Time = vector.Time + "0" }, header));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("algorithm=RSA256,keyVersion=1")]
    [InlineData("algorithm=RSA256,keyVersion=1,signature=")]
    [InlineData("algorithm=RSA256,keyVersion=1,signature=not base64!")]
    [InlineData("algorithm=RSA256,keyVersion=1,signature=%zz")]
    [InlineData("algorithm=RSA256,keyVersion=1,signature=AAAA")]
    [InlineData("algorithm=none,keyVersion=1,signature=AAAA")]
    [InlineData("signature")]
    [InlineData(",,,")]
    public void An_unreadable_header_fails_and_throws_nothing(string? header) => Assert.False(Verify(Case(0), header));

    [Fact]
    public void A_header_of_another_algorithm_or_with_two_signatures_fails()
    {
        var vector = Case(0);
        var encoded = vector.Json.Text("signatureUrlEncoded");
        Assert.False(Verify(vector, $"algorithm=ECC224,keyVersion=1,signature={encoded}"));
        Assert.False(Verify(vector, $"keyVersion=1,signature={encoded}"));
        Assert.False(Verify(vector, $"algorithm=RSA256,signature={encoded},signature={encoded}"));
    }

    [Fact]
    public void A_notification_needs_our_client_id_its_time_and_its_signature()
    {
        var vector = Case(0);
        bool VerifyNotification(string ourClientId, params (string Name, string Value)[] headers)
        {
            var dictionary = new HeaderDictionary();
            foreach (var (name, value) in headers) dictionary[name] = value;
            return AntSignature.VerifyNotification(Public, ourClientId, vector.Method, vector.Path, dictionary, vector.Body);
        }

        var (client, time, signature) = (("client-id", vector.ClientId), ("request-time", vector.Time), ("signature", vector.Json.Text("header")));
        Assert.True(VerifyNotification(vector.ClientId, client, time, signature));
        Assert.False(VerifyNotification("another", client, time, signature));
        Assert.False(VerifyNotification(vector.ClientId, time, signature));
        Assert.False(VerifyNotification(vector.ClientId, client, signature));
        Assert.False(VerifyNotification(vector.ClientId, client, time));
    }

    [Fact]
    public async Task One_key_serves_many_threads()
    {
        var vector = Case(0);
        var signatures = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() =>
            AntSignature.Sign(Private, vector.Method, vector.Path, vector.ClientId, vector.Time, vector.Body))));
        Assert.Equal([vector.Json.Text("signatureBase64")], signatures.Distinct());
    }

    [Fact]
    public void A_key_that_cannot_be_read_is_refused_without_its_text()
    {
        var exception = Assert.Throws<FormatException>(() => AntKey.ParsePrivate(Vectors.PublicKey));
        Assert.DoesNotContain(Vectors.PublicKey, exception.ToString(), StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => AntKey.ParsePrivate("c2VjcmV0"));
        Assert.Throws<FormatException>(() => AntKey.ParsePublic("not base64"));
    }

    private static bool Verify(Vector vector, string? header) =>
        AntSignature.Verify(Public, header, vector.Method, vector.Path, vector.ClientId, vector.Time, vector.Body);

    private static Vector Case(string name) => Vector.Of(Vectors.Ant.GetProperty("cases").EnumerateArray().Single(@case => @case.Text("name") == name));

    private static Vector Case(int index) => Vector.Of(Vectors.Ant.GetProperty("cases")[index]);

    [GeneratedRegex("%[0-9A-F]{2}")]
    private static partial Regex UpperHex();

    private sealed record Vector(JsonElement Json, string Method, string Path, string ClientId, string Time, byte[] Body)
    {
        public static Vector Of(JsonElement json) => new(
            json, json.Text("method"), json.Text("path"), json.Text("clientId"), json.Text("time"), Encoding.UTF8.GetBytes(json.Text("body")));
    }
}
