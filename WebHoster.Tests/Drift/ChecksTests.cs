using System.Net;
using WebHoster.Core.Hostings;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Drift;
using WebHoster.Infrastructure.Libvirt;
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
    public void WhoHasAHostingsPortIsNamed()
    {
        var silent = Assert.Single(Checks.All(Good() with { SilentSshPorts = [new(10000, "python3 (process 7)")] }, Plan));

        Assert.Equal("python3 (process 7) has this SSH port.", silent.Words);
    }

    [Fact]
    public void WhatAnUnfinishedOperationOwnsIsPendingAndNoDifference()
    {
        var good = Good();
        var pending = good with
        {
            Pending = new HashSet<Guid> { good.Hostings[0].Id },
            Machines = [],
            Disks = good.Disks with { WithoutDisk = new HashSet<Guid> { good.Hostings[0].MachineId } },
            Dhcp = new Dictionary<string, string?>(),
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
            { "machine-running", Planted(p => Stopped(p)) },
            { "machine-unowned", Planted(p => p with { Machines = [.. p.Machines, new(stranger, MachineState.Running)] }) },
            {
                "machine-foreign", Planted(p => p with
                {
                    Machines = [.. p.Machines, new(stranger, MachineState.Running)],
                    Domains = p.Domains with { Foreign = new Dictionary<Guid, string> { [stranger] = "not this install's" } },
                })
            },
            { "filter-missing", WithPort(p => p with { Filter = null, Address = null }) },
            { "filter-missing", WithPort(p => p with { Address = null }) },
            { "filter-missing", WithPort(p => p with { Address = "10.86.0.99" }) },
            { "filter-missing", WithPort(p => p with { Isolated = false }) },
            { "filter-missing", WithPort(p => p with { Ports = 2 }) },
            { "disk-missing", WithDisks((d, id) => d with { WithoutDisk = new HashSet<Guid> { id } }) },
            { "disk-damaged", WithDisks((d, id) => d with { DamagedDisks = new Dictionary<Guid, string> { [id] = "Its template is gone." } }) },
            { "seed-missing", WithDisks((d, id) => d with { WithoutSeed = new HashSet<Guid> { id } }) },
            { "file-owner", WithDisks((d, id) => d with { Owners = [new(id, "disk.qcow2", 0, "600")] }) },
            { "file-owner", WithDisks((d, id) => d with { Owners = [new(id, "seed.iso", SlotPlan.FirstUid, "644")] }) },
            { "lock-unowned", Planted(p => p with { Locks = [stranger] }) },
            { "file-foreign", Planted(p => p with { Folders = [.. p.Folders, "backup.tar"] }) },
            { "folder-unowned", Planted(p => p with { Folders = [.. p.Folders, stranger.ToString()] }) },
            { "slot-leaked", Planted(p => p with { Slots = [.. p.Slots, Held(7)] }) },
            { "slot-lost", Planted(p => p with { Slots = [] }) },
            { "dhcp-missing", Planted(p => p with { Dhcp = Entries((Plan.NobodyMac, null)) }) },
            { "dhcp-wrong", Planted(p => p with { Dhcp = Entries((Plan.NobodyMac, null), (Plan.Mac(0), "10.86.0.99")) }) },
            { "dhcp-unowned", Planted(p => p with { Dhcp = Entries((Plan.Mac(0), "10.86.0.16"), (Plan.Mac(9), "10.86.0.25")) }) },
            { "routes-differ", Planted(p => p with { RoutesApplied = false }) },
            { "port-silent", Planted(p => p with { SilentSshPorts = [new(10000, null)] }) },
            { "route-quarantined", Planted(p => p with { Quarantined = [new("x;", "It is not a slug.")] }) },
            { "network-down", Planted(p => p with { NetworkActive = null }) },
            { "firewall-missing", Planted(p => p with { Firewall = FirewallState.Missing }) },
            { "firewall-changed", Planted(p => p with { Firewall = FirewallState.Changed }) },
        };
    }

    private static Func<object, object> Planted(Func<HostPicture, HostPicture> plant) => p => plant((HostPicture)p);

    private static Func<object, object> WithPort(Func<NetworkPort, NetworkPort> change) => Planted(p => p with
    {
        Domains = p.Domains with { Ports = p.Domains.Ports.ToDictionary(port => port.Key, port => change(port.Value)) },
    });

    private static Func<object, object> WithDisks(Func<DiskSurvey, Guid, DiskSurvey> change) =>
        Planted(p => p with { Disks = change(p.Disks, p.Hostings[0].MachineId) });

    private static HostPicture Stopped(HostPicture picture)
    {
        picture.Hostings[0].Move(HostingTrigger.MachineStopped, Now);
        return picture;
    }

    private static Dictionary<string, string?> Entries(params (string Mac, string? Address)[] entries) => entries.ToDictionary(e => e.Mac, e => e.Address);

    private static HostPicture Good()
    {
        var slot = new Slot(0);
        var hosting = new Hosting(Guid.NewGuid(), Guid.NewGuid(), 1, "bob", slot, new MachineSize(1024, 1, 10), Now);
        hosting.Move(HostingTrigger.BecameReady, Now);
        var id = hosting.MachineId;
        return new HostPicture(
            [hosting], new HashSet<Guid>(), [slot], [new(id, MachineState.Running)],
            new DomainSurvey(new Dictionary<Guid, string>(), new Dictionary<Guid, NetworkPort> { [id] = NetworkPort.Of(Plan, 0) }, new Dictionary<Guid, string>()),
            [id.ToString()], [id],
            new DiskSurvey(
                new HashSet<Guid>(), new HashSet<Guid>(), new Dictionary<Guid, string>(),
                [new(id, "disk.qcow2", SlotPlan.FirstUid, "600"), new(id, "seed.iso", SlotPlan.FirstUid, "600")]),
            Entries((Plan.NobodyMac, null), (Plan.Mac(0), "10.86.0.16")),
            NetworkActive: true, FirewallState.Applied, RoutesApplied: true, Quarantined: [], SilentSshPorts: []);
    }

    private static Slot Held(int number)
    {
        var slot = new Slot(number);
        _ = new Hosting(Guid.NewGuid(), Guid.NewGuid(), 1, "gone", slot, new MachineSize(1024, 1, 10), Now);
        return slot;
    }
}
