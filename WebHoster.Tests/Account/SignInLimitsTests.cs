using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.RunTime;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Account;
using Xunit;

namespace WebHoster.Tests.Account;

[Trait("Category", "Unit")]
public sealed class SignInLimitsTests
{
    private readonly StoppedClock _clock = new();

    [Fact]
    public void ANameHasItsShareOfEachMinuteAndOthersHaveTheirs()
    {
        var limits = Limits();
        for (var i = 0; i < 3; i++)
            limits.Enter("ada");
        var refused = Assert.Throws<TooManyTriesException>(() => limits.Enter("ada"));
        limits.Enter("grace");
        Assert.Equal(59, refused.Seconds);
        _clock.Now += TimeSpan.FromSeconds(refused.Seconds);
        limits.Enter("ada");
    }

    [Fact]
    public void OfManyTriesAtOnceOnlyTheShareGetsThrough()
    {
        var (limits, through) = (Limits(), 0);
        Parallel.For(0, 1000, _ =>
        {
            try
            {
                limits.Enter("ada");
                Interlocked.Increment(ref through);
            }
            catch (TooManyTriesException)
            {
                // Counted by its absence.
            }
        });
        Assert.Equal(3, through);
    }

    [Fact]
    public void AFloodOfNamesTakesNoMemory()
    {
        var limits = Limits(share: 1000);
        limits.Enter("first");
        // The least of some floods: what other tests hold at the same time is not this one's.
        Assert.Contains(Enumerable.Range(0, 10), flood => Growth(flood) < 1 << 20);
        GC.KeepAlive(limits);

        long Growth(int flood)
        {
            var names = Enumerable.Range(0, 100_000).Select(i => $"{flood}-{i}").ToList();
            var before = GC.GetTotalMemory(forceFullCollection: true);
            foreach (var name in names)
                limits.Enter(name);
            GC.KeepAlive(names);
            return GC.GetTotalMemory(forceFullCollection: true) - before;
        }
    }

    [Fact]
    public void SwitchedOffItCountsNothing()
    {
        var limits = Limits(enabled: false);
        for (var i = 0; i < 100; i++)
            limits.Enter("ada");
    }

    private SignInLimits Limits(bool enabled = true, int share = 3) =>
        new(
            new RunTimeSettings(
                null!, new RunTimeDefaults(
                    Options.Create(new RateLimitSettings { Enabled = enabled, AccountPerMinute = share }), Options.Create(new AccountSettings()),
                    new ConfigurationBuilder().Build()), _clock, NullLogger<RunTimeSettings>.Instance), _clock);

    private sealed class StoppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
