namespace WebHoster.Core.Metrics;

/// <summary>What a running machine has used since it was started. Every figure but <see cref="Memory"/> is the hypervisor's own.</summary>
/// <param name="Id">The domain's UUID.</param>
/// <param name="Cpu">Processor time, all virtual CPUs together.</param>
/// <param name="DiskRead">Bytes, as are all that follow.</param>
/// <param name="NetReceived">By the guest.</param>
/// <param name="DiskUsed">What the machine's disk takes of the host's; null where the hypervisor did not say.</param>
/// <param name="Memory">What the guest says of itself; null where it says nothing.</param>
public sealed record MachineReading(
    Guid Id, TimeSpan Cpu, int Vcpus, long DiskRead, long DiskWritten, long NetReceived, long NetSent, long? DiskUsed, GuestMemory? Memory);

/// <summary>A guest's memory by its own account, which nobody can check.</summary>
/// <param name="Used">Bytes: what programs could not have any more, caches not counted.</param>
/// <param name="Total">Bytes.</param>
public sealed record GuestMemory(long Used, long Total);
