using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Operations;
using Xunit;

namespace WebHoster.Tests.Operations;

[Trait("Category", "Unit")]
public sealed class FailureWordsTests
{
    [Fact]
    public void AFullDiskIsSaidSoWhateverToolMetIt() => Assert.Equal(
        "The disk could not be created. The host's disk is full.",
        FailureWords.For("The disk could not be created.", new HostException("qemu-img failed (exit code 1).", "qemu-img: /x: No space left on device\nexit code 1")));

    [Fact]
    public void AFullDiskMetByOurOwnWritingIsSaidSoToo() => Assert.Equal(
        "It failed. The host's disk is full.",
        FailureWords.For("It failed.", new IOException("No space left on device : '/var/lib/webhoster/x'")));

    [Fact]
    public void AToolsOwnWordsStayWithTheAdministrator()
    {
        var e = new HostException("virsh failed (exit code 1). error: /var/lib/secret", "virsh start wh-1\nexit code 1\nerror: /var/lib/secret");
        Assert.Equal("It failed. The host refused it; its administrator can see why.", FailureWords.For("It failed.", e));
        Assert.Contains("/var/lib/secret", FailureWords.DetailOf(e));
    }

    [Fact]
    public void OurOwnSentencesReachTheCustomer() =>
        Assert.Equal("It failed. SSH did not answer within 5 s.", FailureWords.For("It failed.", new HostException("SSH did not answer within 5 s.", "console")));
}
