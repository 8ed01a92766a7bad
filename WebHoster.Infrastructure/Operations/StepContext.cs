using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Operations;

/// <summary>What a step works with: tracked entities of one context, written only under the worker's lease.</summary>
public sealed class StepContext(WebHosterDb db, Hosting hosting, Operation operation, MachineSpec spec, GuestSeed seed, Func<Task> save, TimeProvider clock)
{
    public WebHosterDb Db => db;

    public Hosting Hosting => hosting;

    public Operation Operation => operation;

    public MachineSpec Spec => spec;

    public GuestSeed Seed => seed;

    /// <summary>True where the hosting is on its way out: by request, or because its creation failed.</summary>
    public bool IsLeaving => hosting.Desired == DesiredState.Absent;

    /// <summary>Name of the step that runs, for the log's lines.</summary>
    public string? Step { get; set; }

    /// <summary>Commits what was changed, and fails when the lease is lost.</summary>
    public Task SaveAsync() => save();

    /// <summary>Adds a line to the operation's log and shows it at once.</summary>
    public Task LogAsync(string message)
    {
        Note(message);
        return SaveAsync();
    }

    /// <summary>Adds a line that the next save commits.</summary>
    public void Note(string message) => db.Add(new OperationEvent(operation.Id, clock.GetUtcNow(), Step, message));
}
