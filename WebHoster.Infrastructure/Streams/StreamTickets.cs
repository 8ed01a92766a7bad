using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Hostings;
using WebHoster.Core.Streams;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Streams;

/// <summary>Tickets for the stream socket: rows that the portal writes and the worker takes.</summary>
public sealed class StreamTickets(IDbContextFactory<WebHosterDb> factory, IOptions<StreamSettings> settings, TimeProvider clock)
{
    /// <summary>A page that connects again and again, because the line or the worker is away, is one visit.</summary>
    private static readonly TimeSpan Same = TimeSpan.FromMinutes(10);

    /// <summary>A ticket for the owner's hosting. To type and to reach its files is audited, to look is not.</summary>
    /// <param name="from">Where the owner is.</param>
    /// <exception cref="NotFoundException">There is no such hosting, or it is another person's.</exception>
    /// <exception cref="ConflictException">The hosting is being deleted.</exception>
    public async Task<string> IssueAsync(Guid ownerId, Guid hostingId, StreamPurpose purpose, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var hosting = await db.Hostings.Where(h => h.Id == hostingId && h.OwnerId == ownerId).Select(h => new { h.Status, h.Slug }).FirstOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such hosting.");
        if (hosting.Status == HostingStatus.Deleting)
            throw new ConflictException("The hosting is being deleted.");
        var ticket = TicketText.Create();
        var now = clock.GetUtcNow();
        db.Add(new StreamTicket(TicketText.Hash(ticket)!, purpose, hostingId, ownerId, now.AddSeconds(settings.Value.TicketSeconds)));
        var action = purpose == StreamPurpose.Files ? "hosting.files" : "hosting.console";
        if (purpose != StreamPurpose.ConsoleView && !await WasAuditedAsync(db, ownerId, action, hosting.Slug, from, now - Same, ct))
            db.Add(new AuditEntry(now, ownerId, action, hosting.Slug, "succeeded", from));
        await db.SaveChangesAsync(ct);
        return ticket;
    }

    private static Task<bool> WasAuditedAsync(WebHosterDb db, Guid actor, string action, string slug, IPAddress? from, DateTimeOffset since, CancellationToken ct) =>
        db.Audit.AnyAsync(a => a.Subject == slug && a.ActorId == actor && a.Action == action && a.Address == from && a.At > since, ct);

    /// <summary>Takes the ticket out of the table, so that it counts once; null where it does not count.</summary>
    public async Task<(StreamPurpose Purpose, Hosting Hosting)?> RedeemAsync(string ticket, CancellationToken ct)
    {
        if (TicketText.Hash(ticket) is not { } hash)
            return null;
        await using var db = await factory.CreateDbContextAsync(ct);
        var taken = await db.StreamTickets.FromSql($"delete from stream_tickets where hash = {hash} returning *").AsNoTracking().ToListAsync(ct);
        if (taken is not [var row] || row.ExpiresAt <= clock.GetUtcNow())
            return null;
        var hosting = await db.Hostings.AsNoTracking()
            .FirstOrDefaultAsync(h => h.Id == row.HostingId && h.OwnerId == row.OwnerId && h.Status != HostingStatus.Deleting, ct);
        return hosting is null ? null : (row.Purpose, hosting);
    }

    /// <summary>Removes tickets that nobody has used in time.</summary>
    public async Task ForgetAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync(ct);
        await db.StreamTickets.Where(t => t.ExpiresAt <= now).ExecuteDeleteAsync(ct);
    }

    /// <summary>Which of these hostings may have streams: they are there, and are not being deleted.</summary>
    public async Task<HashSet<Guid>> MayGoOnAsync(IReadOnlyCollection<Guid> hostings, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await db.Hostings.Where(h => hostings.Contains(h.Id) && h.Status != HostingStatus.Deleting).Select(h => h.Id).ToHashSetAsync(ct);
    }
}
