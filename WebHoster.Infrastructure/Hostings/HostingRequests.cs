using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using WebHoster.Core;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Slots;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>A create that was accepted.</summary>
/// <param name="PrivateKey">PEM, only where the caller gave no public key: shown once, stored nowhere.</param>
public sealed record AcceptedCreate(Hosting Hosting, Operation Operation, string? PrivateKey);

/// <summary>
/// What people ask for. A request only writes what should be, with its operation, in one transaction; the engine does
/// the rest. PostgreSQL's unique indexes decide races: one hosting per owner, one unfinished operation per hosting.
/// </summary>
public sealed class HostingRequests(
    IDbContextFactory<WebHosterDb> factory, SlotAllocator slots, IOptions<GuestSettings> guest, TimeProvider clock)
{
    /// <exception cref="ConflictException">The person has a hosting already.</exception>
    /// <exception cref="CapacityException">No slot is free.</exception>
    public async Task<AcceptedCreate> CreateAsync(Guid ownerId, string? sshPublicKey, IPAddress? from, CancellationToken ct = default)
    {
        var given = string.IsNullOrWhiteSpace(sshPublicKey) ? null : SshPublicKey.Parse(sshPublicKey);
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var slug = await db.Users.Where(u => u.Id == ownerId).Select(u => u.UserName!).SingleOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such user.");
        if (await db.Hostings.AnyAsync(h => h.OwnerId == ownerId, ct))
            throw AlreadyThere();

        var pair = given is null ? SshKeyPair.Create($"{slug}@webhoster") : null;
        var now = clock.GetUtcNow();
        var slot = await slots.AllocateAsync(db, ct);
        var hosting = new Hosting(
            Guid.NewGuid(), ownerId, slug, slot, guest.Value.Size, given?.ToString() ?? pair!.PublicKey, now);
        var operation = new Operation(hosting, OperationKind.Create, now);
        db.AddRange(hosting, operation, Audit(operation, ownerId, from, now));
        await SaveAsync(db, AlreadyThere, ct);
        await transaction.CommitAsync(ct);
        return new AcceptedCreate(hosting, operation, pair?.PrivateKey);
    }

    /// <summary>Start, stop, restart, rebuild or delete. A repeated delete answers with the one that is under way.</summary>
    /// <exception cref="NotFoundException">The person has no hosting.</exception>
    /// <exception cref="ConflictException">The hosting's state forbids it, or something else is under way.</exception>
    public async Task<Operation> ChangeAsync(Guid ownerId, OperationKind kind, IPAddress? from, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // The row lock orders this against a worker's claim and against the same person's other window.
        var hosting = await db.Hostings.FromSql($"select * from hostings where owner_id = {ownerId} for update").SingleOrDefaultAsync(ct)
            ?? throw new NotFoundException("You have no hosting.");
        var unfinished = await db.Operations
            .Where(o => o.HostingId == hosting.Id && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running))
            .SingleOrDefaultAsync(ct);
        if (kind == OperationKind.Delete && (unfinished?.Kind == OperationKind.Delete || unfinished?.IsRollingBack == true))
            return unfinished;

        var now = clock.GetUtcNow();
        if (unfinished is not null)
        {
            if (kind != OperationKind.Delete)
                throw new ConflictException($"The hosting is busy: {unfinished.Kind.Word()} is under way. Try again when it has ended.");
            unfinished.Cancel("The hosting was deleted before this had ended.", now);
            // Its row leaves the index of unfinished operations before the new one enters.
            await db.SaveChangesAsync(ct);
        }

        hosting.Move(TriggerOf(kind), now);
        hosting.ClearAttempts();
        var operation = new Operation(hosting, kind, now);
        db.AddRange(operation, Audit(operation, ownerId, from, now));
        await SaveAsync(db, () => new ConflictException("Something else is under way. Try again when it has ended."), ct);
        await transaction.CommitAsync(ct);
        return operation;
    }

    private static HostingTrigger TriggerOf(OperationKind kind) => kind switch
    {
        OperationKind.Start => HostingTrigger.Start,
        OperationKind.Stop => HostingTrigger.Stop,
        OperationKind.Restart => HostingTrigger.Restart,
        OperationKind.Rebuild => HostingTrigger.Rebuild,
        OperationKind.Delete => HostingTrigger.Delete,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static async Task SaveAsync(WebHosterDb db, Func<DomainException> conflict, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw conflict();
        }
    }

    private static ConflictException AlreadyThere() =>
        new("You have a hosting already. Delete it first to make a new one.");

    private static AuditEntry Audit(Operation operation, Guid actor, IPAddress? from, DateTimeOffset now) =>
        new(now, actor, $"hosting.{operation.Kind.Word()}", operation.Slug, "accepted", from);
}
