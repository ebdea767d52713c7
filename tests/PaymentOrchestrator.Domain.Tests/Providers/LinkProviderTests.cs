using Xunit;

namespace PaymentOrchestrator.Domain.Tests;

public sealed class LinkProviderTests
{
    [Fact]
    public void Accounts_can_be_linked_at_these_five_and_each_code_reads_back()
    {
        Assert.Equal(
            ["worldfirst", "alipay", "marketplace_1688", "mainland_bank", "card"], Enum.GetValues<LinkProvider>().Select(provider => provider.Code()));
        Assert.All(Enum.GetValues<LinkProvider>(), provider => Assert.Equal(provider, LinkProviders.FromCode(provider.Code())));
        Assert.Null(LinkProviders.FromCode("paypal"));
        Assert.Null(LinkProviders.FromCode(null));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((LinkProvider)99).Code());
    }

    [Fact]
    public void A_credential_does_not_tell_its_secret_to_a_log() =>
        Assert.DoesNotContain("token-4711", $"{new AccountCredential("2088001", "token-4711")}", StringComparison.Ordinal);
}
