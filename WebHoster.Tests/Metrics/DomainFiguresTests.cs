using WebHoster.Core.Metrics;
using WebHoster.Infrastructure.Libvirt;
using Xunit;

namespace WebHoster.Tests.Metrics;

/// <summary>
/// A guest that tells of its memory, one that does not, one that is busy, and a stranger's. The file is written by hand in the form of
/// virsh(1), not recorded from a host: what a real libvirt says remains to be compared with it.
/// </summary>
[Trait("Category", "Unit")]
public sealed class DomainFiguresTests
{
    private static readonly Guid Told = Guid.Parse("11111111-1111-1111-1111-111111111111");
    private static readonly Guid Silent = Guid.Parse("22222222-2222-2222-2222-222222222222");

    private static string Written => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Metrics", "Expected", "domstats.txt"));

    [Fact]
    public void FiguresAreReadOfOurMachinesThatAnsweredAtOnce() => Assert.Equal(
        [
            new MachineReading(
                Told, TimeSpan.FromTicks(634_013_620), 2, 186_843_136 + 1_320_960, 42_663_936, 128_214, 77_361, 81_200_128,
                new GuestMemory((983_160L - 778_512) * 1024, 983_160L * 1024)),
            new MachineReading(Silent, TimeSpan.FromTicks(310_000_000), 1, 4096, 0, 90, 0, 200_704, null),
        ],
        DomainFigures.Parse(Written, IdOf));

    [Theory]
    [InlineData("balloon.usable=778512", "balloon.usable=99999999", 0)]
    [InlineData("balloon.available=983160", "balloon.available=99999999999", (1_048_576L - 778_512) * 1024)]
    [InlineData("balloon.usable=778512", "balloon.usable=0", 983_160L * 1024)]
    public void NoGuestUsesMoreThanItHasWhateverItSays(string was, string becomes, long used) =>
        Assert.Equal(used, DomainFigures.Parse(Written.Replace(was, becomes), IdOf).First().Memory!.Used);

    [Fact]
    public void NothingIsReadFromNothing() => Assert.Empty(DomainFigures.Parse("", IdOf));

    private static Guid? IdOf(string name) => name.StartsWith("wh-", StringComparison.Ordinal) && Guid.TryParse(name[3..], out var id) ? id : null;
}
