using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Infrastructure.Operations;

/// <summary>What administrators do to other people's operations: ask for one again, or call it off.</summary>
public sealed class Interventions(IDbContextFactory<WebHosterDb> factory, HostingRequests requests, TimeProvider clock)
{
    private const string CalledOff = "An administrator called this off.";
    private const string Hurried = "An administrator had it tried at once.";

    /// <summary>
    /// Asks for the same again. The new operation is the owner's, like the old one; a create that was undone is made anew, with the key that it had.
    /// </summary>
    /// <exception cref="NotFoundException">There is no such operation.</exception>
    /// <exception cref="ConflictException">It did not fail, its hosting is gone or asked for something newer, or the state forbids it.</exception>
    public async Task<Operation> RetryAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var failed = await FindAsync(db, id, ct);
        if (failed.Status is not (OperationStatus.Failed or OperationStatus.Cancelled))
            throw new ConflictException($"The operation is {failed.Status.Word()}: only what failed or was called off can be tried again.");
        var isThere = await db.Hostings.AnyAsync(h => h.Id == failed.HostingId, ct);
        if (failed.Kind == OperationKind.Create && !isThere)
            return await requests.CreateAgainAsync(actor, failed, from, ct);
        if (!isThere)
            throw new ConflictException("Its hosting is gone. Its owner can create a new one.");
        if (failed.Kind == OperationKind.Create
            || await db.Operations.AnyAsync(o => o.HostingId == failed.HostingId && o.CreatedAt > failed.CreatedAt, ct))
            throw new ConflictException("Something else was asked for since. Try that again instead.");
        return await requests.ChangeAsync(failed.OwnerId, failed.HostingId, failed.Kind, from, ct, actor);
    }

    /// <summary>
    /// Calls it off. A create is undone by the delete that takes its place; what else is under way ends where it stands, as a failure
    /// would, and the hosting is “failed” until somebody starts, rebuilds or deletes it.
    /// </summary>
    /// <returns>The operation that is followed now: the delete, or the cancelled one itself.</returns>
    /// <exception cref="NotFoundException">There is no such operation.</exception>
    /// <exception cref="ConflictException">It has ended, or is a removal, which cannot stop half way.</exception>
    public async Task<Operation> CancelAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // As every request, under the hosting's row lock: what is unfinished now stays so until this is committed.
        var hosting = await db.Hostings.FromSql(
            $"select h.* from hostings h join operations o on o.hosting_id = h.id where o.id = {id} for update of h").SingleOrDefaultAsync(ct);
        var operation = await FindAsync(db, id, ct);
        if (!operation.IsUnfinished)
            throw new ConflictException($"The operation is already {operation.Status.Word()}.");
        if (hosting is null || operation.Kind == OperationKind.Delete || operation.IsRollingBack)
            throw new ConflictException("What is being removed cannot be kept: part of it may be gone already.");

        var now = clock.GetUtcNow();
        operation.Cancel(CalledOff, now);
        db.AddRange(
            new OperationEvent(operation.Id, now, null, CalledOff),
            new AuditEntry(now, actor, "operation.cancel", $"{operation.Kind.Word()} {operation.Slug}", "succeeded", from));
        // Its row leaves the index of unfinished operations before another one enters.
        await db.SaveChangesAsync(ct);
        var undoes = operation.Kind == OperationKind.Create;
        hosting.Move(undoes ? HostingTrigger.Delete : HostingTrigger.Broke, now);
        hosting.ClearAttempts();
        var followed = undoes ? new Operation(hosting, OperationKind.Delete, now) : operation;
        if (undoes)
            db.Add(followed);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return followed;
    }

    /// <summary>Has one tried at once that waits for its next try.</summary>
    /// <exception cref="NotFoundException">There is no such operation.</exception>
    /// <exception cref="ConflictException">It does not wait.</exception>
    public async Task<Operation> HurryAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var hosting = await db.Hostings.FromSql(
            $"select h.* from hostings h join operations o on o.hosting_id = h.id where o.id = {id} for update of h").SingleOrDefaultAsync(ct);
        var operation = await FindAsync(db, id, ct);
        var now = clock.GetUtcNow();
        if (!operation.IsUnfinished || hosting is null || !(hosting.NextAttemptAt > now))
            throw new ConflictException("The operation does not wait for another try.");
        hosting.ClearAttempts();
        db.AddRange(
            new OperationEvent(id, now, null, Hurried),
            new AuditEntry(now, actor, "operation.hurry", $"{operation.Kind.Word()} {operation.Slug}", "succeeded", from));
        await db.SaveChangesAsync(ct);
        await db.Database.ExecuteSqlAsync($"select pg_notify('webhoster_work', {hosting.Id.ToString()})", ct);
        await transaction.CommitAsync(ct);
        return operation;
    }

    private static async Task<Operation> FindAsync(WebHosterDb db, Guid id, CancellationToken ct) =>
        await db.Operations.SingleOrDefaultAsync(o => o.Id == id, ct) ?? throw new NotFoundException("There is no such operation.");
}
