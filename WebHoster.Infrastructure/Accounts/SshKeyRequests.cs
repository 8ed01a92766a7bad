using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Accounts;

/// <summary>One of the person's machines, as far as keys go.</summary>
/// <param name="KeysPending">Keys have come or gone that it does not know of yet.</param>
public sealed record KeyedMachine(Guid Id, string Slug, bool KeysPending);

/// <summary>A person's SSH keys. That machines hear of a change is PostgreSQL's doing; the engine brings it to them.</summary>
public sealed class SshKeyRequests(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<SshKey>> ListAsync(Guid ownerId, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.SshKeys.AsNoTracking().Where(k => k.OwnerId == ownerId).OrderBy(k => k.CreatedAt).ThenBy(k => k.Id).ToListAsync(ct);
    }

    public async Task<IReadOnlyList<KeyedMachine>> ListMachinesAsync(Guid ownerId, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Hostings.Where(h => h.OwnerId == ownerId).OrderBy(h => h.Ordinal)
            .Select(h => new KeyedMachine(h.Id, h.Slug, h.KeysApplied != h.KeysWanted)).ToListAsync(ct);
    }

    /// <exception cref="NotFoundException">No such key, or another person's.</exception>
    public async Task<SshKey> GetAsync(Guid ownerId, Guid id, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await FindAsync(db.SshKeys.AsNoTracking(), ownerId, id, ct);
    }

    /// <summary>A key for all of the person's machines, those to come as well.</summary>
    /// <exception cref="InvalidInputException">The name or the key is wrong.</exception>
    /// <exception cref="ConflictException">The person has the key already, or as many as one may have.</exception>
    public async Task<SshKey> AddAsync(Guid ownerId, string? name, string? publicKey, IPAddress? from, CancellationToken ct = default)
    {
        var now = clock.GetUtcNow();
        if (string.IsNullOrWhiteSpace(publicKey))
            throw new InvalidInputException("public_key", "A public key is needed: the line of your .pub file.");
        var key = new SshKey(ownerId, null, PersonalName.Require(name, "laptop"), SshPublicKey.Parse(publicKey, "public_key"), now);

        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockOwnerAsync(db, ownerId, ct);
        var mine = await db.SshKeys.AsNoTracking().Where(k => k.OwnerId == ownerId && k.HostingId == null).ToListAsync(ct);
        if (mine.FirstOrDefault(k => k.Fingerprint == key.Fingerprint) is { } same)
            throw new ConflictException($"You have this key already, as “{same.Name}”.");
        if (mine.Count >= SshKey.MaxPerPerson)
            throw new ConflictException($"You have {SshKey.MaxPerPerson} keys, which is as many as one may have. Remove one first.");
        db.AddRange(key, Audit("ssh_key.add", key, ownerId, from, now));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        // As it is kept: PostgreSQL's times are coarser than ours.
        return await FindAsync(db.SshKeys.AsNoTracking(), ownerId, key.Id, ct);
    }

    /// <summary>Also the last one that opens a machine.</summary>
    /// <exception cref="NotFoundException">No such key, or another person's.</exception>
    public async Task<SshKey> RemoveAsync(Guid ownerId, Guid id, IPAddress? from, CancellationToken ct = default)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockOwnerAsync(db, ownerId, ct);
        var key = await FindAsync(db.SshKeys, ownerId, id, ct);
        db.Remove(key);
        db.Add(Audit("ssh_key.remove", key, ownerId, from, clock.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return key;
    }

    /// <summary>
    /// The person's other window waits, and so does an engine that erases one of the hostings with its key: a change of keys raises a
    /// counter in each of those rows, and two who took them in different orders would wait for each other. Not the whole of the user's
    /// row: whoever changes a hosting twice in one transaction, as the engine does, has PostgreSQL look for its owner again.
    /// </summary>
    private static async Task LockOwnerAsync(WebHosterDb db, Guid ownerId, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from users where id = {ownerId} for no key update", ct);
        await db.Database.ExecuteSqlAsync($"select from hostings where owner_id = {ownerId} order by id for no key update", ct);
    }

    private static async Task<SshKey> FindAsync(IQueryable<SshKey> keys, Guid ownerId, Guid id, CancellationToken ct) =>
        await keys.FirstOrDefaultAsync(k => k.Id == id && k.OwnerId == ownerId, ct) ?? throw new NotFoundException("There is no such SSH key.");

    private static AuditEntry Audit(string action, SshKey key, Guid actor, IPAddress? from, DateTimeOffset now) =>
        new(now, actor, action, key.Fingerprint, "succeeded", from);
}
