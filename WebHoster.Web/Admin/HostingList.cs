using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Everybody's hostings, for the API's list and for the administrators' grid.</summary>
public sealed class HostingList(IDbContextFactory<WebHosterDb> factory)
{
    /// <summary>What the list can be sorted and filtered by.</summary>
    public static readonly Collection<Row> Listing = new Collection<Row>("-created_at")
        .Sort("created_at", r => r.Hosting.CreatedAt, r => r.Hosting.Id)
        .Sort("slug", r => r.Hosting.Slug, r => r.Hosting.Id)
        .Sort("owner", r => r.Username, r => r.Hosting.Id)
        .Filter("status", (HostingStatus status) => r => r.Hosting.Status == status)
        .Filter("health", (HostingHealth health) => r => r.Hosting.Health == health)
        .Filter("unhealthy", (bool unhealthy) => r => unhealthy == (r.Hosting.Status == HostingStatus.Running
            && (r.Hosting.Health == HostingHealth.NoHttp || r.Hosting.Health == HostingHealth.NoSsh || r.Hosting.Health == HostingHealth.Unreachable)),
            "Those that run and do not answer as they should, or the others.")
        .Filter("owner_disabled", (bool disabled) => r => r.OwnerDisabled == disabled, "Those of disabled people, or the others.")
        .Filter("slug", (string slug) => r => r.Hosting.Slug == slug)
        .Filter("owner_id", (Guid owner) => r => r.Hosting.OwnerId == owner)
        .Filter("q", (string part) => Like(part.Trim().ToLowerInvariant()), "A part of the slug or of the owner's username.");

    /// <summary>What one line is made of.</summary>
    public sealed record Row
    {
        public required Hosting Hosting { get; init; }

        public string Username { get; init; } = "";

        public bool OwnerDisabled { get; init; }

        public Guid? OperationId { get; init; }
    }

    public static IQueryable<Row> Rows(WebHosterDb db) => db.Hostings.AsNoTracking().Join(db.Users, h => h.OwnerId, u => u.Id, (h, u) => new Row
    {
        Hosting = h,
        Username = u.UserName!,
        OwnerDisabled = u.DisabledAt != null,
        OperationId = db.Operations.Where(o => o.OwnerId == h.OwnerId && o.HostingId == h.Id).OrderByDescending(o => o.CreatedAt)
            .Select(o => (Guid?)o.Id).FirstOrDefault(),
    });

    /// <exception cref="Core.Errors.InvalidInputException">A parameter is wrong.</exception>
    public async Task<NumberedPage<Row>> ReadAsync(IQueryCollection query, int number, int size, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await Listing.ReadAsync(Rows(db), query, number, size, ct);
    }

    private static System.Linq.Expressions.Expression<Func<Row, bool>> Like(string part) =>
        r => r.Hosting.Slug.Contains(part) || r.Username.Contains(part);
}
