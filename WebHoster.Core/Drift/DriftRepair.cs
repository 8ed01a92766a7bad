using System.Net;

namespace WebHoster.Core.Drift;

public enum RepairStatus { Waiting, Running, Repaired, Left, Failed }

/// <summary>One try to repair a finding: asked for by an administrator or by the worker's own sweep.</summary>
public sealed class DriftRepair
{
    private DriftRepair() { }

    public DriftRepair(Guid findingId, Guid? askedBy, IPAddress? from, DateTimeOffset now) =>
        (FindingId, AskedBy, Address, AskedAt) = (findingId, askedBy, from, now);

    public long Id { get; private set; }

    public Guid FindingId { get; private set; }

    /// <summary>Null for the worker itself, or somebody at the host's terminal.</summary>
    public Guid? AskedBy { get; private set; }

    public IPAddress? Address { get; private set; }

    public DateTimeOffset AskedAt { get; private set; }

    public string? Worker { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    public RepairStatus Status { get; private set; }

    /// <summary>Why it is not repaired.</summary>
    public string? Words { get; private set; }

    public bool IsUnfinished => Status is RepairStatus.Waiting or RepairStatus.Running;

    public void Start(string worker, DateTimeOffset now) => (Worker, StartedAt, Status) = (worker, now, RepairStatus.Running);

    public void Finish(RepairStatus status, string? words, DateTimeOffset now) => (Status, Words, FinishedAt) = (status, words, now);
}
