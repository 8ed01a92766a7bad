using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Operations;
using WebHoster.Core.Ports;

namespace WebHoster.Infrastructure.Operations.Steps;

/// <summary>
/// The last of a hosting: its slot goes to rest and its row goes. Only marks the entities; the engine commits them together
/// with the operation's end, so that neither is ever seen without the other.
/// </summary>
public sealed class ReleaseSlot(IReverseProxy proxy, TimeProvider clock) : IOperationStep
{
    public string Name => StepName.ReleaseSlot;

    public string FailureWords => "The machine's address could not be given back.";

    public Task<bool> IsDoneAsync(StepContext context, CancellationToken ct) => Task.FromResult(false);

    public async Task RunAsync(StepContext context, CancellationToken ct)
    {
        var slot = await context.Db.Slots.SingleAsync(s => s.Number == context.Hosting.SlotNumber, ct);
        slot.Release(clock.GetUtcNow());
        if (proxy.ForeignSlots([slot.Number]).Count > 0)
            slot.MarkUnusable();
        context.Db.Remove(context.Hosting);
    }
}
