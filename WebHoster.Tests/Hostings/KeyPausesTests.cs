using WebHoster.Infrastructure.Hostings;
using Xunit;

namespace WebHoster.Tests.Hostings;

[Trait("Category", "Unit")]
public sealed class KeyPausesTests
{
    private readonly Guid _id = Guid.NewGuid();
    private readonly HandClock _clock = new();
    private readonly KeyPauses _pauses;

    public KeyPausesTests() => _pauses = new KeyPauses(_clock);

    [Fact]
    public void EachRefusalOfTheSameKeysMakesTheNextPauseLongerUpToFiveMinutes()
    {
        var seconds = Enumerable.Range(0, 10).Select(_ => (int)_pauses.Begin(_id, 1).TotalSeconds).ToList();

        Assert.Equal([2, 4, 8, 16, 32, 64, 128, 256, 300, 300], seconds);
        Assert.False(_pauses.IsOver(_id, 1));
        _clock.Now += TimeSpan.FromSeconds(299);
        Assert.False(_pauses.IsOver(_id, 1));
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.True(_pauses.IsOver(_id, 1));
    }

    [Fact]
    public void NewerKeysAndOtherMachinesWaitForNothing()
    {
        _pauses.Begin(_id, 1);
        _pauses.Begin(_id, 1);

        Assert.True(_pauses.IsOver(_id, 2));
        Assert.True(_pauses.IsOver(Guid.NewGuid(), 1));
        Assert.Equal(2, _pauses.Begin(_id, 2).TotalSeconds);
    }

    [Fact]
    public void WhatIsForgottenBeginsAnew()
    {
        _pauses.Begin(_id, 1);
        _pauses.Begin(_id, 1);

        _pauses.Forget(_id);

        Assert.True(_pauses.IsOver(_id, 1));
        Assert.Equal(2, _pauses.Begin(_id, 1).TotalSeconds);
    }

    private sealed class HandClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
