using System.Net;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Libvirt;

/// <summary>The fake obeys what the real one has to.</summary>
[Trait("Category", "Unit")]
public sealed class FakeHypervisorTests : HypervisorContract
{
    private static readonly SlotPlan Plan = new(10000, 20000, IPNetwork.Parse("10.86.0.0/18"));
    private readonly FakeHypervisor _fake = new();
    private int _slots;

    protected override IHypervisor Hypervisor => _fake;

    protected override MachineSpec NewSpec() => HypervisorHost.SpecAt(Plan, _slots++);

    protected override Task PlantStrangerAsync(Guid id)
    {
        _fake.AddStranger(id);
        return Task.CompletedTask;
    }

    internal override Task<bool> LogsInAsync(MachineSpec spec, SshKeyPair key) => Task.FromResult(_fake.KeysIn(spec.Id).Contains(key.PublicKey));

    protected override Task<bool> IsStrangerUntouchedAsync(Guid id) => Task.FromResult(_fake.HasStranger(id));

    protected override Task AssertTraceless(MachineSpec spec)
    {
        Assert.Empty(_fake.Leftovers);
        return Task.CompletedTask;
    }
}
