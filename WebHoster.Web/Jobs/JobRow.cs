using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Jobs;

/// <summary>An operation with whose it is, who has it in hand, and when it is tried next.</summary>
public sealed record JobRow
{
    private static readonly Collection<JobRow> Listing = new Collection<JobRow>("-created_at").Sort("created_at", r => r.Operation.CreatedAt, r => r.Operation.Id);

    public required Operation Operation { get; init; }

    public string? Username { get; init; }

    public DateTimeOffset? NextTryAt { get; init; }

    public int Tries { get; init; }

    public string? Worker { get; init; }

    public static IQueryable<JobRow> Of(WebHosterDb db, IQueryable<Operation> operations) => operations.AsNoTracking().Select(o => new JobRow
    {
        Operation = o,
        Username = db.Users.Where(u => u.Id == o.OwnerId).Select(u => u.UserName).FirstOrDefault(),
        NextTryAt = db.Hostings.Where(h => h.Id == o.HostingId).Select(h => h.NextAttemptAt).FirstOrDefault(),
        Tries = db.Hostings.Where(h => h.Id == o.HostingId).Select(h => h.Attempts).FirstOrDefault(),
        Worker = db.Hostings.Where(h => h.Id == o.HostingId && h.LeaseExpiresAt > DateTimeOffset.UtcNow).Select(h => h.LeaseHolder).FirstOrDefault(),
    });

    /// <summary>A page, newest first, and where the next one begins; null on the last.</summary>
    /// <exception cref="Core.Errors.InvalidInputException">The cursor is none.</exception>
    public static async Task<(IReadOnlyList<JobRow> Rows, string? Next)> ReadPageAsync(IQueryable<JobRow> rows, string? cursor, CancellationToken ct)
    {
        var query = new Dictionary<string, StringValues>();
        if (cursor is { Length: > 0 })
            query["cursor"] = cursor;
        var page = Listing.Ask(rows, new QueryCollection(query));
        var found = await page.Rows.ToListAsync(ct);
        return found.Count > page.Limit ? (found[..page.Limit], page.CursorOf(found[page.Limit - 1])) : (found, null);
    }
}
