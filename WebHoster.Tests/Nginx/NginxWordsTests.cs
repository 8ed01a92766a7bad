using WebHoster.Infrastructure.Nginx;
using WebHoster.Infrastructure.Settings;
using Xunit;

namespace WebHoster.Tests.Nginx;

[Trait("Category", "Unit")]
public sealed class NginxWordsTests
{
    private const string Taken = """
        2026/11/21 20:51:20 [emerg] 31#31: bind() to 0.0.0.0:80 failed (98: Address already in use)
        2026/11/21 20:51:20 [notice] 31#31: try again to bind() after 500ms
        """;

    private static readonly NginxInstance Instance = NginxInstance.Sites(new InstallSettings());

    [Fact]
    public void ATakenPortIsNamedWithWhatToDo()
    {
        var trouble = NginxWords.NotTaken(Instance, Taken);

        Assert.Equal(
            "The sites nginx cannot listen on 0.0.0.0:80 (Address already in use), so the old configuration serves on. "
            + "Stop the program that holds this port, or choose another port.", trouble.Message);
        Assert.Contains("try again", trouble.Detail);
    }

    [Fact]
    public void NginxTriesToBindAgainBeforeItGivesUp()
    {
        Assert.False(NginxWords.GaveUp(Taken));
        Assert.True(NginxWords.GaveUp(Taken + "\n2026/11/21 20:51:22 [emerg] 31#31: still could not bind()"));
    }

    [Fact]
    public void ARefusalCarriesNginxsReason()
    {
        var trouble = NginxWords.Refused(Instance, """
            nginx: [emerg] unknown directive "gibberish" in /x/custom/mine.conf:1
            nginx: configuration file /x/nginx.conf test failed
            """);

        Assert.EndsWith("unknown directive \"gibberish\" in /x/custom/mine.conf:1.", trouble.Message);
    }

    [Fact]
    public void SilenceIsSaidToBeSilence() =>
        Assert.Contains("gives no reason", NginxWords.NotTaken(Instance, "").Message);
}
