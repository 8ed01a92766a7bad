using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Infrastructure.Metrics;
using WebHoster.Web.Hostings;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Admin;

/// <summary>Anybody's hosting, as administrators see it: the owner's page without what is inside of the machine.</summary>
[Route("/admin/hostings/{Id:guid}")]
[Route("/admin/hostings/{Id:guid}/{Tab}")]
[Authorize(Roles = Roles.Admin)]
public sealed class AdminHostingPage(
    HostingQueries queries, ActivityQueries activities, MetricsQueries metrics, HostingRequests requests, SshKeyRequests keys,
    IDbContextFactory<WebHosterDb> factory) : HostingPage(queries, activities, metrics, requests, keys)
{
    protected override string Root => "/admin/hostings";

    protected override string Back => "/admin/hostings";

    protected override string BackWords => Texts.Key("Back to all hostings");

    protected override bool IsDesk => true;

    // Also of one that is gone: what was done to it is still there.
    protected override async Task<Guid> FindOwnerAsync(Guid viewer)
    {
        await using var db = await factory.CreateDbContextAsync();
        return await db.Hostings.Where(h => h.Id == Id).Select(h => (Guid?)h.OwnerId).FirstOrDefaultAsync() ?? viewer;
    }

    protected override async Task<string?> NameOwnerAsync()
    {
        await using var db = await factory.CreateDbContextAsync();
        return await db.Users.Where(u => u.Id == OwnerId).Select(u => u.UserName).FirstOrDefaultAsync();
    }
}
