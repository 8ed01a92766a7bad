using static WebHoster.Core.Hostings.HostingStatus;
using static WebHoster.Core.Hostings.HostingTrigger;

namespace WebHoster.Core.Hostings;

/// <summary>What can happen to a hosting: a person asks, or the engine reports.</summary>
public enum HostingTrigger { Start, Stop, Restart, Rebuild, Delete, BecameReady, MachineStopped, MachineStarted, Broke }

/// <summary>The whole lifecycle: which trigger leads from which status to which. What is not here is forbidden.</summary>
public static class HostingLifecycle
{
    private static readonly Dictionary<(HostingStatus, HostingTrigger), HostingStatus> Moves = new()
    {
        [(Creating, BecameReady)] = Running,
        [(Creating, Delete)] = Deleting,

        [(Running, Stop)] = Stopping,
        [(Running, Restart)] = Starting,
        [(Running, Rebuild)] = Rebuilding,
        [(Running, Delete)] = Deleting,
        [(Running, MachineStopped)] = Stopped,
        [(Running, Broke)] = Failed,

        [(Starting, BecameReady)] = Running,
        [(Starting, Delete)] = Deleting,
        [(Starting, Broke)] = Failed,

        [(Stopping, MachineStopped)] = Stopped,
        [(Stopping, Delete)] = Deleting,
        [(Stopping, Broke)] = Failed,

        [(Stopped, Start)] = Starting,
        [(Stopped, Restart)] = Starting,
        [(Stopped, Rebuild)] = Rebuilding,
        [(Stopped, Delete)] = Deleting,
        [(Stopped, MachineStarted)] = Running,

        [(Rebuilding, BecameReady)] = Running,
        [(Rebuilding, Delete)] = Deleting,
        [(Rebuilding, Broke)] = Failed,

        [(Failed, Start)] = Starting,
        [(Failed, Stop)] = Stopping,
        [(Failed, Restart)] = Starting,
        [(Failed, Rebuild)] = Rebuilding,
        [(Failed, Delete)] = Deleting,

        [(Deleting, Delete)] = Deleting,
    };

    /// <summary>The status that <paramref name="trigger"/> leads to, or null where it is forbidden.</summary>
    public static HostingStatus? Next(HostingStatus status, HostingTrigger trigger) =>
        Moves.TryGetValue((status, trigger), out var next) ? next : null;

    /// <summary>What a person may ask for in this status, for buttons and for error texts.</summary>
    public static bool Allows(HostingStatus status, HostingTrigger trigger) => Next(status, trigger) is not null;
}
