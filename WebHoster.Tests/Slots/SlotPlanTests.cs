using System.Net;
using WebHoster.Core.Slots;
using Xunit;

namespace WebHoster.Tests.Slots;

[Trait("Category", "Unit")]
public sealed class SlotPlanTests
{
    private readonly SlotPlan _plan = new(10000, 20000, IPNetwork.Parse("10.86.0.0/18"));

    [Fact]
    public void ASlotFixesPortAddressMacAndUid()
    {
        Assert.Equal(10300, _plan.Port(300));
        Assert.Equal("10.86.1.60", _plan.Address(300).ToString());
        Assert.Equal("52:54:00:56:01:3c", _plan.Mac(300));
        Assert.Equal(600_300, _plan.Uid(300));
    }

    [Fact]
    public void NoTwoSlotsShareAnythingAndNoneIsOutsideTheSubnet()
    {
        var all = Enumerable.Range(0, _plan.Count).ToList();
        Assert.Equal(10001, _plan.Count);
        Assert.Equal(all.Count, all.Select(_plan.Mac).Append(_plan.NobodyMac).Distinct().Count() - 1);
        Assert.Equal(all.Count, all.Select(_plan.Address).Append(_plan.Gateway).Distinct().Count() - 1);
        Assert.All(all, n => Assert.True(_plan.Subnet.Contains(_plan.Address(n))));
    }

    [Fact]
    public void ASmallSubnetBoundsTheNumberOfSlots()
    {
        var small = new SlotPlan(10000, 20000, IPNetwork.Parse("10.86.0.0/24"));
        Assert.Equal("10.86.0.254", small.Address(small.Count - 1).ToString());
    }
}
