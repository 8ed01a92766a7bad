using WebHoster.Core.Hostings;

namespace WebHoster.Core.Accounts;

/// <summary>What a person may have: the size of their machines, and how many.</summary>
public sealed class Plan
{
    /// <summary>Everybody's plan at first; made from section <c>Guest</c> of the settings at the first start.</summary>
    public const string Standard = "standard";

    public const int MaxNameLength = 30;
    public const int MinMemoryMb = 256;
    public const int MaxMemoryMb = 1 << 20;
    public const int MaxVcpus = 64;
    public const int MinDiskGb = 4;
    public const int MaxDiskGb = 4096;
    public const int MostHostings = 1000;

    public required string Name { get; init; }

    /// <summary>MiB.</summary>
    public int MemoryMb { get; set; }

    public int Vcpus { get; set; }

    /// <summary>GiB.</summary>
    public int DiskGb { get; set; }

    public int MaxHostings { get; set; } = 1;

    public MachineSize Size => new(MemoryMb, Vcpus, DiskGb);
}
