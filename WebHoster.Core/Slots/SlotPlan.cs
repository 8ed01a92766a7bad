using System.Buffers.Binary;
using System.Net;

namespace WebHoster.Core.Slots;

/// <summary>What a slot's number fixes.</summary>
/// <param name="FirstPort">SSH port of slot 0.</param>
/// <param name="LastPort">SSH port of the last slot.</param>
/// <param name="Subnet">The guests' network; its first address is the host's, the first 16 stay free of guests.</param>
public sealed record SlotPlan(int FirstPort, int LastPort, IPNetwork Subnet)
{
    private const int FirstHost = 16;

    /// <summary>Guests' uids start here, past every uid that a distribution hands out.</summary>
    public const int FirstUid = 600_000;

    /// <summary>A MAC that no slot has, for the DHCP entry that keeps the list from being empty.</summary>
    public string NobodyMac => "52:54:00:00:00:00";

    public int Count => Math.Min(LastPort - FirstPort + 1, (1 << (32 - Subnet.PrefixLength)) - FirstHost - 1);

    public int Port(int slot) => FirstPort + slot;

    public IPAddress Gateway => At(1);

    public IPAddress Address(int slot) => At(FirstHost + slot);

    public string Mac(int slot)
    {
        // 52:54:00 is QEMU's prefix; the rest is the address's, unique on the bridge as the address is.
        var a = Address(slot).GetAddressBytes();
        return $"52:54:00:{a[1]:x2}:{a[2]:x2}:{a[3]:x2}";
    }

    public int Uid(int slot) => FirstUid + slot;

    private IPAddress At(int offset)
    {
        Span<byte> bytes = stackalloc byte[4];
        Subnet.BaseAddress.TryWriteBytes(bytes, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)offset);
        return new IPAddress(bytes);
    }
}
