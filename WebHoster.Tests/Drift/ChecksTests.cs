using System.Net;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Drift;
using Xunit;

namespace WebHoster.Tests.Drift;

[Trait("Category", "Unit")]
public sealed class ChecksTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly SlotPlan Plan = new(10000, 20000, IPNetwork.Parse("10.86.0.0/18"));

    [Fact]
    public void AHostThatIsAsTheDatabaseSaysHasNoDifference() => Assert.Empty(Checks.All(Good(), Plan));

    [Theory]
    [MemberData(nameof(Plants))]
    public void EachPlantedDifferenceIsNamed(string kind, Func<object, object> plant) =>
        Assert.Equal([kind], Checks.All((HostPicture)plant(Good()), Plan).Select(d => d.Kind));

    [Theory]
    [MemberData(nameof(Plants))]
    public void EachDifferenceSaysWhatAndHowToMendIt(string _, Func<object, object> plant) =>
        Assert.All(Checks.All((HostPicture)plant(Good()), Plan), d => Assert.True(d.Subject != "" && d.Words != "" && d.Mend != ""));

    [Fact]
    public void WhatAnUnfinishedOperationOwnsIsPendingAndNoDifference()
    {
        var good = Good();
        var pending = good with
        {
            Pending = new HashSet<Guid> { good.Hostings[0].Id },
            Machines = [],
            WithoutDisk = new HashSet<Guid> { good.Hostings[0].MachineId },
            DhcpMacs = new HashSet<string>(),
        };
        Assert.Empty(Checks.All(pending, Plan));
    }

    public static TheoryData<string, Func<object, object>> Plants()
    {
        var stranger = Guid.NewGuid();
        return new()
        {
            { "machine-missing", Planted(p => p with { Machines = [] }) },
            { "machine-not-running", Planted(p => p with { Machines = [p.Machines[0] with { State = MachineState.Off }] }) },
            { "machine-unowned", Planted(p => p with { Machines = [.. p.Machines, new(stranger, MachineState.Running)] }) },
            {
                "machine-foreign", Planted(p => p with
                {
                    Machines = [.. p.Machines, new(stranger, MachineState.Running)],
                    Foreign = new Dictionary<Guid, string> { [stranger] = "not this install's" },
                })
            },
            { "disk-missing", Planted(p => p with { WithoutDisk = new HashSet<Guid> { p.Hostings[0].MachineId } }) },
            { "seed-missing", Planted(p => p with { WithoutSeed = new HashSet<Guid> { p.Hostings[0].MachineId } }) },
            { "file-foreign", Planted(p => p with { Folders = [.. p.Folders, "backup.tar"] }) },
            { "folder-unowned", Planted(p => p with { Folders = [.. p.Folders, stranger.ToString()] }) },
            { "slot-leaked", Planted(p => p with { Slots = [.. p.Slots, Held(7)] }) },
            { "slot-lost", Planted(p => p with { Slots = [] }) },
            { "dhcp-missing", Planted(p => p with { DhcpMacs = new HashSet<string> { Plan.NobodyMac } }) },
            { "dhcp-unowned", Planted(p => p with { DhcpMacs = p.DhcpMacs.Append(Plan.Mac(9)).ToHashSet() }) },
            { "routes-differ", Planted(p => p with { RoutesApplied = false }) },
            { "port-silent", Planted(p => p with { SilentSshPorts = [10000] }) },
            { "network-down", Planted(p => p with { NetworkActive = null }) },
            { "firewall-missing", Planted(p => p with { FirewallApplied = false }) },
        };
    }

    private static Func<object, object> Planted(Func<HostPicture, HostPicture> plant) => p => plant((HostPicture)p);

    private static HostPicture Good()
    {
        var slot = new Slot(0);
        var hosting = new Hosting(Guid.NewGuid(), Guid.NewGuid(), "bob", slot, new MachineSize(1024, 1, 10), "key", Now);
        hosting.Move(HostingTrigger.BecameReady, Now);
        return new HostPicture(
            [hosting], new HashSet<Guid>(), [slot], [new(hosting.MachineId, MachineState.Running)], new Dictionary<Guid, string>(),
            [hosting.MachineId.ToString()], new HashSet<Guid>(), new HashSet<Guid>(), new HashSet<string> { Plan.NobodyMac, Plan.Mac(0) },
            NetworkActive: true, FirewallApplied: true, RoutesApplied: true, SilentSshPorts: []);
    }

    private static Slot Held(int number)
    {
        var slot = new Slot(number);
        _ = new Hosting(Guid.NewGuid(), Guid.NewGuid(), "gone", slot, new MachineSize(1024, 1, 10), "key", Now);
        return slot;
    }
}
