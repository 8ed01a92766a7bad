using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using WebHoster.Core;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.RunTime;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Slots;

namespace WebHoster.Infrastructure.Hostings;

/// <summary>A create that was accepted.</summary>
/// <param name="PrivateKey">PEM, only where the caller gave no public key: shown once, stored nowhere.</param>
public sealed record AcceptedCreate(Hosting Hosting, Operation Operation, string? PrivateKey);

/// <summary>
/// What people ask for. A request only writes what should be, with its operation, in one transaction; the engine does
/// the rest. PostgreSQL decides races: no name twice, no more hostings than the plan allows, one unfinished operation per hosting.
/// </summary>
public sealed class HostingRequests(
    IDbContextFactory<WebHosterDb> factory, HostingQueries queries, SlotAllocator slots, RunTimeSettings settings,
    IOptions<RateLimitSettings> limits, TimeProvider clock)
{
    private const int NameTries = 5;

    /// <summary>The person's first hosting.</summary>
    /// <exception cref="ConflictException">The person has a hosting already.</exception>
    /// <exception cref="CapacityException">No slot is free.</exception>
    public Task<AcceptedCreate> CreateAsync(Guid ownerId, string? sshPublicKey, IPAddress? from, CancellationToken ct = default) =>
        CreateAsync(ownerId, null, onlyAsFirst: true, KeyOf(sshPublicKey), from, ct);

    /// <summary>One hosting more.</summary>
    /// <param name="name">Null for one that is made from the username.</param>
    /// <exception cref="ConflictException">The plan allows no more, or the name is taken; <c>Data["field"]</c> says so.</exception>
    /// <exception cref="CapacityException">No slot is free.</exception>
    public async Task<AcceptedCreate> AddAsync(
        Guid ownerId, string? name, string? sshPublicKey, IPAddress? from, CancellationToken ct = default)
    {
        var key = KeyOf(sshPublicKey);
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await CreateAsync(ownerId, name, onlyAsFirst: false, key, from, ct);
            }
            catch (ConflictException e) when (name is null && e.Data["field"] is "name" && tries < NameTries)
            {
                // Somebody took the name between the look and the row: the next one is free.
            }
        }
    }

    /// <summary>Start, stop, restart, rebuild or delete the person's first hosting.</summary>
    /// <exception cref="NotFoundException">The person has no hosting.</exception>
    /// <exception cref="ConflictException">The hosting's state forbids it, or something else is under way.</exception>
    public async Task<Operation> ChangeAsync(Guid ownerId, OperationKind kind, IPAddress? from, CancellationToken ct = default)
    {
        var first = await queries.FindMineAsync(ownerId, ct) ?? throw new NotFoundException("You have no hosting.");
        return await ChangeAsync(ownerId, first.Id, kind, from, ct);
    }

    /// <summary>Start, stop, restart, rebuild or delete. A repeated delete answers with the one that is under way.</summary>
    /// <param name="actor">Who asks, where it is not the owner.</param>
    /// <exception cref="NotFoundException">The person has no such hosting.</exception>
    /// <exception cref="ConflictException">The hosting's state forbids it, or something else is under way.</exception>
    public async Task<Operation> ChangeAsync(
        Guid ownerId, Guid hostingId, OperationKind kind, IPAddress? from, CancellationToken ct = default, Guid? actor = null)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // The row lock orders this against a worker's claim and against the same person's other window.
        var hosting = await db.Hostings
            .FromSql($"select * from hostings where id = {hostingId} and owner_id = {ownerId} for update").SingleOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such hosting.");
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
        db.AddRange(operation, Audit(operation, actor ?? ownerId, from, now));
        await SaveAsync(
            db, index => index == "ix_operations_one_unfinished" ? new ConflictException("Something else is under way. Try again when it has ended.") : null, ct);
        await transaction.CommitAsync(ct);
        return operation;
    }

    /// <summary>A create once more that failed or was called off: the same name, the same key, in its owner's name.</summary>
    /// <exception cref="ConflictException">Its key is not known any more, its name is taken, or the plan allows no more.</exception>
    /// <exception cref="CapacityException">No slot is free.</exception>
    public async Task<Operation> CreateAgainAsync(Guid actor, Operation create, IPAddress? from, CancellationToken ct)
    {
        var key = SshPublicKey.Parse(create.PublicKey ?? throw new ConflictException("Its key is not known any more. Its owner can create a new one."));
        try
        {
            return (await CreateAsync(create.OwnerId, create.Slug, onlyAsFirst: false, key, from, ct, actor)).Operation;
        }
        catch (InvalidInputException e)
        {
            // The name was good once: what has changed is what else its owner has.
            throw new ConflictException(e.Message);
        }
    }

    /// <param name="actor">Who asks, where it is not the owner.</param>
    private async Task<AcceptedCreate> CreateAsync(
        Guid ownerId, string? name, bool onlyAsFirst, SshPublicKey? given, IPAddress? from, CancellationToken ct, Guid? actor = null)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // The row lock orders this against the same person's other window, and against a change of plan.
        var owner = await db.Users.FromSql($"select * from users where id = {ownerId} for update").SingleOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such user.");
        if (owner.LeavingAt is not null)
            throw new ConflictException("This account is being deleted.");
        var hostingPlan = await db.Plans.SingleAsync(p => p.Name == owner.PlanName, ct);
        var own = await db.Hostings.Where(h => h.OwnerId == ownerId).Select(h => new { h.Ordinal, h.Slug }).ToListAsync(ct);
        if (onlyAsFirst && own.Count > 0)
            throw new ConflictException("You have a hosting already. Delete it first to make a new one.");
        if (own.Count >= hostingPlan.MaxHostings)
            throw PlanIsFull(hostingPlan);

        await RequireShareOfDayAsync(db, ownerId, ct);
        var slug = await HostingNames.ChooseAsync(db, owner.UserName!, name, [.. own.Select(h => h.Slug)], settings.Current.ReservedSlugs, ct);
        var pair = given is null ? SshKeyPair.Create($"{slug}@webhoster") : null;
        var now = clock.GetUtcNow();
        var slot = await slots.AllocateAsync(db, ct);
        var ordinal = Enumerable.Range(1, hostingPlan.MaxHostings).Except(own.Select(h => h.Ordinal)).First();
        var hosting = new Hosting(Guid.NewGuid(), ownerId, ordinal, slug, slot, hostingPlan.Size, now);
        var publicKey = given ?? SshPublicKey.Parse(pair!.PublicKey);
        var key = new SshKey(ownerId, hosting.Id, given is null ? "Created with the hosting" : "Given with the hosting", publicKey, now);
        var operation = new Operation(hosting, OperationKind.Create, now, key.Line);
        db.AddRange(hosting, key, operation, Audit(operation, actor ?? ownerId, from, now));
        await SaveAsync(db, index => index switch
        {
            "names_pkey" or "IX_hostings_slug" => NameTaken(slug),
            "IX_hostings_owner_id_ordinal" => PlanIsFull(hostingPlan),
            _ => null,
        }, ct);
        await transaction.CommitAsync(ct);
        return new AcceptedCreate(hosting, operation, pair?.PrivateKey);
    }

    private async Task RequireShareOfDayAsync(WebHosterDb db, Guid ownerId, CancellationToken ct)
    {
        if (!settings.Current.RateLimitsEnabled)
            return;
        var (share, dayAgo) = (limits.Value.CreationsPerDay, clock.GetUtcNow().AddDays(-1));
        var oldest = await db.Operations.Where(o => o.OwnerId == ownerId && o.Kind == OperationKind.Create && o.CreatedAt > dayAgo)
            .OrderByDescending(o => o.CreatedAt).Skip(share - 1).Select(o => (DateTimeOffset?)o.CreatedAt).FirstOrDefaultAsync(ct);
        if (oldest is { } first)
            throw new TooManyTriesException("Too many hostings were created within a day. Try again later.", first - dayAgo);
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

    /// <param name="conflict">What a doubled value in that index means; null where it means nothing to a person.</param>
    private static async Task SaveAsync(WebHosterDb db, Func<string?, ConflictException?> conflict, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } doubled
            && conflict(doubled.ConstraintName) is { } answer)
        {
            throw answer;
        }
    }

    private static SshPublicKey? KeyOf(string? line) => string.IsNullOrWhiteSpace(line) ? null : SshPublicKey.Parse(line);

    private static ConflictException PlanIsFull(Plan plan) => new(
        $"Your plan, {plan.Name}, allows {plan.MaxHostings} {(plan.MaxHostings == 1 ? "hosting" : "hostings")}, and you have as many. Delete one first.");

    private static ConflictException NameTaken(string name) =>
        new($"The name “{name}” is taken. Choose another.") { Data = { ["field"] = "name" } };

    private static AuditEntry Audit(Operation operation, Guid actor, IPAddress? from, DateTimeOffset now) =>
        new(now, actor, $"hosting.{operation.Kind.Word()}", operation.Slug, "accepted", from);
}
