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
    /// <summary>A ticket for the owner's hosting.</summary>
    /// <exception cref="NotFoundException">There is no such hosting, or it is another person's.</exception>
    /// <exception cref="ConflictException">The hosting is being deleted.</exception>
    public async Task<string> IssueAsync(Guid ownerId, Guid hostingId, StreamPurpose purpose, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var status = await db.Hostings.Where(h => h.Id == hostingId && h.OwnerId == ownerId).Select(h => (HostingStatus?)h.Status).FirstOrDefaultAsync(ct)
            ?? throw new NotFoundException("There is no such hosting.");
        if (status == HostingStatus.Deleting)
            throw new ConflictException("The hosting is being deleted.");
        var ticket = TicketText.Create();
        db.Add(new StreamTicket(TicketText.Hash(ticket)!, purpose, hostingId, ownerId, clock.GetUtcNow().AddSeconds(settings.Value.TicketSeconds)));
        await db.SaveChangesAsync(ct);
        return ticket;
    }

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
