using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Announcements;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Announcements;

/// <summary>What everybody is told. What is shown now is kept in memory, for every page asks; PostgreSQL says when to look again.</summary>
public sealed class AnnouncementBoard(IDbContextFactory<WebHosterDb> factory, TimeProvider clock)
{
    private const int MaxKept = 100;
    private const long AddLock = 0x5748_414e;
    private const int SubjectLength = 80;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private IReadOnlyList<Announcement> _all = [];

    /// <summary>Those to show now, warnings first.</summary>
    public IReadOnlyList<Announcement> Shown
    {
        get
        {
            var now = clock.GetUtcNow();
            return [.. Volatile.Read(ref _all).Where(a => a.IsShownAt(now)).OrderByDescending(a => a.Level).ThenByDescending(a => a.StartsAt)];
        }
    }

    /// <summary>Raised when what is shown may have changed.</summary>
    public event Action? Changed;

    public async Task LoadAsync(CancellationToken ct)
    {
        Volatile.Write(ref _all, await ListAsync(ct));
        Changed?.Invoke();
    }

    /// <summary>Raises <see cref="Changed"/> whenever the time of one begins or ends, until <paramref name="ct"/> ends.</summary>
    public async Task FollowTimeAsync(CancellationToken ct)
    {
        for (var before = Shown; ; before = Shown)
        {
            await Task.Delay(Step, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
                return;
            if (!Shown.SequenceEqual(before))
                Changed?.Invoke();
        }
    }

    /// <summary>All there are, those that start last first.</summary>
    public async Task<IReadOnlyList<Announcement>> ListAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Announcements.AsNoTracking().OrderByDescending(a => a.StartsAt).ThenByDescending(a => a.Id).ToListAsync(ct);
    }

    /// <exception cref="InvalidInputException">A field is wrong.</exception>
    /// <exception cref="ConflictException">There are as many as there may be.</exception>
    public async Task<Announcement> AddAsync(Guid actor, AnnouncementDraft draft, IPAddress? from, CancellationToken ct)
    {
        var announcement = new Announcement(draft, clock.GetUtcNow());
        await using var db = await factory.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({AddLock})", ct); // of many at once, each sees those before it
        if (await db.Announcements.CountAsync(ct) >= MaxKept)
            throw new ConflictException($"There are {MaxKept} announcements already. Remove one that is over.");
        db.AddRange(announcement, Audit(actor, "announcement.create", announcement, from));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return await FindAsync(db.Announcements.AsNoTracking(), announcement.Id, ct);
    }

    /// <exception cref="InvalidInputException">A field is wrong.</exception>
    /// <exception cref="NotFoundException">There is no such announcement.</exception>
    public async Task<Announcement> ChangeAsync(Guid actor, Guid id, AnnouncementDraft draft, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var announcement = await FindAsync(db.Announcements, id, ct);
        announcement.Change(draft, clock.GetUtcNow());
        db.Add(Audit(actor, "announcement.change", announcement, from));
        await db.SaveChangesAsync(ct);
        return await FindAsync(db.Announcements.AsNoTracking(), id, ct);
    }

    /// <exception cref="NotFoundException">There is no such announcement.</exception>
    public async Task<Announcement> RemoveAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var announcement = await FindAsync(db.Announcements, id, ct);
        db.Remove(announcement);
        db.Add(Audit(actor, "announcement.delete", announcement, from));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw Unknown();
        }
        return announcement;
    }

    private static async Task<Announcement> FindAsync(IQueryable<Announcement> announcements, Guid id, CancellationToken ct) =>
        await announcements.SingleOrDefaultAsync(a => a.Id == id, ct) ?? throw Unknown();

    private static NotFoundException Unknown() => new("There is no such announcement.");

    private AuditEntry Audit(Guid actor, string action, Announcement announcement, IPAddress? from)
    {
        var text = announcement.Text("en");
        var line = text.Length > SubjectLength ? text[..SubjectLength] + "…" : text;
        return new AuditEntry(clock.GetUtcNow(), actor, action, $"{announcement.Level.Word()}: {line}", "succeeded", from);
    }
}
