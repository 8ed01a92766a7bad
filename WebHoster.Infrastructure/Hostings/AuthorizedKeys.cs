using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Hostings;

public static class AuthorizedKeys
{
    /// <summary>Who may log in to a hosting's machine: its owner's keys and its own, as lines of <c>authorized_keys</c>, in a steady order.</summary>
    public static async Task<IReadOnlyList<string>> AuthorizedKeysAsync(this WebHosterDb db, Hosting hosting, CancellationToken ct) =>
        [.. (await db.SshKeys.AsNoTracking().Where(k => k.OwnerId == hosting.OwnerId && (k.HostingId == null || k.HostingId == hosting.Id))
            .OrderBy(k => k.CreatedAt).ThenBy(k => k.Id).ToListAsync(ct)).Select(k => k.Line).Distinct()];
}
