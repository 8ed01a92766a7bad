using System.Net;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Libvirt;
using WebHoster.Infrastructure.Settings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Libvirt;

[Trait("Category", "Unit")]
public sealed class LibvirtTextTests
{
    private static readonly Guid Install = Guid.Parse("11111111-1111-1111-1111-111111111111");
    private static readonly MachineSpec Spec = new(
        Guid.Parse("22222222-2222-2222-2222-222222222222"), 3, "bob", 1024, 1, 10, IPAddress.Parse("10.86.0.16"), "52:54:00:56:00:10", 600_000);

    private static readonly MachineFolder Folder = new(new InstallSettings(), Spec.Id);

    /// <summary>As virt-install 4.1 printed it.</summary>
    private static string Printed => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Libvirt", "Recorded", "virt-install.xml"));

    [Fact]
    public void TheCompletedDomainIsTheCommittedOne() =>
        Expected.Equal("domain.xml", DomainXml.Complete(Printed, Spec, Folder, "/images/debian-12/disk.qcow2", Install));

    [Fact]
    public void WhatIsWrittenIntoTheMetadataIsReadBack() =>
        Assert.Equal((Install, Spec.Id, 3), DomainXml.ReadMetadata(DomainXml.Complete(Printed, Spec, Folder, "/t/disk.qcow2", Install)));

    [Fact]
    public void TheCompletedDomainHasItsOneFilteredPortAndItsBackingFile()
    {
        var xml = DomainXml.Complete(Printed, Spec, Folder, "/t/disk.qcow2", Install);
        Assert.Equal(NetworkPort.Of(new SlotPlan(10000, 20000, IPNetwork.Parse("10.86.0.0/18")), 0), NetworkPort.Read(xml));
        Assert.Equal("/t/disk.qcow2", DomainXml.ReadBackingFile(xml));
    }

    [Theory]
    [InlineData("""<filterref filter="clean-traffic">""", """<filterref filter="no-ip-spoofing">""")]
    [InlineData("""name="IP" value="10.86.0.16" />""", """name="IP" value="10.86.0.16" /><parameter name="IP" value="10.86.0.17" />""")]
    [InlineData("""<port isolated="yes" />""", "")]
    [InlineData("52:54:00:56:00:10", "52:54:00:56:00:11")]
    public void APortThatMayDoMoreIsTold(string was, string becomes)
    {
        var xml = DomainXml.Complete(Printed, Spec, Folder, "/t/disk.qcow2", Install);
        Assert.NotEqual(NetworkPort.Read(xml), NetworkPort.Read(xml.Replace(was, becomes)));
    }

    [Fact]
    public void ADomainWithoutOurMetadataIsNobodyOfOurs() => Assert.Null(DomainXml.ReadMetadata(Printed));

    [Fact]
    public void TheNetworkIsTheCommittedOne() =>
        Expected.Equal("network.xml", HostNetwork.Render("wh0", new SlotPlan(10000, 20000, IPNetwork.Parse("10.86.0.0/18"))));

    [Fact]
    public void TheFirewallIsTheCommittedOne() => Expected.Equal("firewall.nft", Firewall.Render("wh", "wh0"));

    [Fact]
    public void StatesAreReadFromOneListOfAllDomains()
    {
        const string Output = """
            Domain: 'wh-a'
              state.state=1
              state.reason=1

            Domain: 'wh-b'
              state.state=5
              state.reason=1

            Domain: 'wh-c'
              state.state=5
              state.reason=0

            Domain: 'wh-d'
              state.state=3
              state.reason=5

            """;
        Assert.Equal(
            [("wh-a", MachineState.Running), ("wh-b", MachineState.ShutDown), ("wh-c", MachineState.Off), ("wh-d", MachineState.Paused)],
            DomainStats.Parse(Output));
    }
}
