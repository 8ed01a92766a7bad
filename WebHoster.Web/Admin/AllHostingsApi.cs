using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Hostings;
using WebHoster.Core.Slots;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Hostings;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Whose something is.</summary>
/// <param name="Username">Null where the person is gone.</param>
public sealed record OwnerResource(Guid Id, string? Username);

/// <summary>A hosting, as administrators see it.</summary>
public sealed record AdminHostingResource : HostingResource
{
    public AdminHostingResource(HostingResource hosting, OwnerResource owner) : base(hosting) => Owner = owner;

    public OwnerResource Owner { get; }
}

/// <summary><c>/api/v1/admin/hostings</c>: everybody's.</summary>
public static class AllHostingsApi
{
    /// <summary>What the list can be sorted and filtered by.</summary>
    public static readonly Collection<Row> Listing = new Collection<Row>("-created_at")
        .Sort("created_at", r => r.Hosting.CreatedAt, r => r.Hosting.Id)
        .Sort("slug", r => r.Hosting.Slug, r => r.Hosting.Id)
        .Filter("status", (HostingStatus status) => r => r.Hosting.Status == status)
        .Filter("health", (HostingHealth health) => r => r.Hosting.Health == health)
        .Filter("slug", (string slug) => r => r.Hosting.Slug == slug)
        .Filter("owner_id", (Guid owner) => r => r.Hosting.OwnerId == owner);

    /// <summary>What one line is made of.</summary>
    public sealed record Row
    {
        public required Hosting Hosting { get; init; }

        public string? Username { get; init; }

        public Guid? OperationId { get; init; }
    }

    public static void MapAllHostingsApi(this IEndpointRouteBuilder admin) =>
        admin.MapGet("/hostings", ListAsync).WithName("listAllHostings").WithSummary("Everybody's hostings, newest first")
            .Pages<Row, AdminHostingResource>(Listing);

    private static Task<IResult> ListAsync(HttpContext context, WebHosterDb db, SlotPlan plan, PublicAddresses addresses)
    {
        var rows = db.Hostings.AsNoTracking().Select(h => new Row
        {
            Hosting = h,
            Username = db.Users.Where(u => u.Id == h.OwnerId).Select(u => u.UserName).FirstOrDefault(),
            OperationId = db.Operations.Where(o => o.HostingId == h.Id).OrderByDescending(o => o.CreatedAt).Select(o => (Guid?)o.Id).FirstOrDefault(),
        });
        return Listing.Ask(rows, context.Request.Query).AnswerAsync(context, row => new AdminHostingResource(
            HostingResource.Of(HostingView.Of(row.Hosting, row.OperationId, plan, addresses)), new OwnerResource(row.Hosting.OwnerId, row.Username)));
    }
}
