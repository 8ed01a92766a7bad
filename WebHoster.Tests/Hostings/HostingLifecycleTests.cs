using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Slots;
using Xunit;
using static WebHoster.Core.Hostings.HostingStatus;
using static WebHoster.Core.Hostings.HostingTrigger;

namespace WebHoster.Tests.Hostings;

[Trait("Category", "Unit")]
public sealed class HostingLifecycleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>The whole table, as people were promised it; a dot is forbidden.</summary>
    private static readonly string[] Table =
    [
        //            Start     Stop      Restart   Rebuild     Delete    BecameReady  MachineStopped MachineStarted Broke
        "Creating    | .        | .        | .        | .          | Deleting | Running    | .            | .            | .",
        "Running     | .        | Stopping | Starting | Rebuilding | Deleting | .          | Stopped      | .            | Failed",
        "Starting    | .        | .        | .        | .          | Deleting | Running    | .            | .            | Failed",
        "Stopping    | .        | .        | .        | .          | Deleting | .          | Stopped      | .            | Failed",
        "Stopped     | Starting | .        | Starting | Rebuilding | Deleting | .          | .            | Running      | .",
        "Rebuilding  | .        | .        | .        | .          | Deleting | Running    | .            | .            | Failed",
        "Deleting    | .        | .        | .        | .          | Deleting | .          | .            | .            | .",
        "Failed      | Starting | Stopping | Starting | Rebuilding | Deleting | .          | .            | .            | .",
    ];

    public static TheoryData<HostingStatus, HostingTrigger, HostingStatus?> Pairs()
    {
        var data = new TheoryData<HostingStatus, HostingTrigger, HostingStatus?>();
        foreach (var row in Table.Select(r => r.Split('|', StringSplitOptions.TrimEntries)))
        {
            foreach (var trigger in Enum.GetValues<HostingTrigger>())
            {
                var cell = row[(int)trigger + 1];
                data.Add(Enum.Parse<HostingStatus>(row[0]), trigger, cell == "." ? null : Enum.Parse<HostingStatus>(cell));
            }
        }
        return data;
    }

    [Theory, MemberData(nameof(Pairs))]
    public void EveryPairOfStatusAndTriggerDoesWhatTheTableSays(HostingStatus status, HostingTrigger trigger, HostingStatus? next) =>
        Assert.Equal(next, HostingLifecycle.Next(status, trigger));

    [Fact]
    public void TheTableNamesEveryStatusOnce() =>
        Assert.Equal(Enum.GetValues<HostingStatus>().Order(), Table.Select(r => Enum.Parse<HostingStatus>(r.Split('|')[0])).Order());

    [Fact]
    public void AMoveIsWrittenIntoTheHistory()
    {
        var hosting = NewHosting();
        hosting.Move(BecameReady, Now);

        var transition = Assert.Single(hosting.History);
        Assert.Equal((Creating, Running, BecameReady, Now), (transition.From, transition.To, transition.Trigger, transition.At));
    }

    [Fact]
    public void AForbiddenMoveChangesNothingAndSaysWhy()
    {
        var hosting = NewHosting();

        var error = Assert.Throws<ConflictException>(() => hosting.Move(Stop, Now));

        Assert.Equal("The hosting is creating; it cannot stop now.", error.Message);
        Assert.Equal(Creating, hosting.Status);
        Assert.Empty(hosting.History);
    }

    [Theory]
    [InlineData(Delete, DesiredState.Absent)]
    [InlineData(Stop, DesiredState.Stopped)]
    [InlineData(MachineStopped, DesiredState.Stopped)]
    [InlineData(Restart, DesiredState.Running)]
    public void WhatSomebodyAskedForIsWhatIsDesired(HostingTrigger trigger, DesiredState desired)
    {
        var hosting = NewHosting();
        hosting.Move(BecameReady, Now);
        hosting.Move(trigger, Now);
        Assert.Equal(desired, hosting.Desired);
    }

    [Fact]
    public void ARebuildIsANewGeneration()
    {
        var hosting = NewHosting();
        hosting.Move(BecameReady, Now);
        hosting.Move(Rebuild, Now);
        Assert.Equal(2, hosting.Generation);
    }

    private static Hosting NewHosting() =>
        new(Guid.NewGuid(), Guid.NewGuid(), 1, "bob", new Slot(0), new MachineSize(1024, 1, 10), Now);
}
