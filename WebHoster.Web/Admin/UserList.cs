using Microsoft.EntityFrameworkCore;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Everybody, for the API's list and for the administrators' grid.</summary>
public sealed class UserList(IDbContextFactory<WebHosterDb> factory)
{
    /// <summary>What the list can be sorted and filtered by.</summary>
    public static readonly Collection<AdminUserResource> Listing = new Collection<AdminUserResource>("-created_at")
        .Sort("created_at", u => u.CreatedAt, u => u.Id)
        .Sort("username", u => u.Username, u => u.Id)
        .Sort("email", u => u.Email, u => u.Id)
        .Sort("hostings", u => u.Hostings, u => u.Id)
        .Sort("last_sign_in_at", u => u.LastSignInAt ?? DateTimeOffset.UnixEpoch, u => u.Id)
        .Filter("username", (string name) => u => u.Username == name)
        .Filter("email", (string email) => u => u.Email == email)
        .Filter("plan", (string plan) => u => u.Plan == plan)
        .Filter("admin", (bool admin) => u => u.IsAdmin == admin)
        .Filter("disabled", (bool disabled) => u => u.DisabledAt != null == disabled)
        .Filter("q", (string part) => Like(part.Trim().ToLowerInvariant()), "A part of the username or of the email.");

    public static IQueryable<AdminUserResource> Rows(WebHosterDb db) => db.Users.AsNoTracking().Select(u => new AdminUserResource
    {
        Id = u.Id,
        Email = u.Email!,
        Username = u.UserName!,
        EmailConfirmed = u.EmailConfirmed,
        HasAuthenticatorApp = u.TotpSecret != null,
        Plan = u.PlanName,
        Hostings = db.Hostings.Count(h => h.OwnerId == u.Id),
        CreatedAt = u.CreatedAt,
        LastSignInAt = u.LastSignInAt,
        DisabledAt = u.DisabledAt,
        LeavingAt = u.LeavingAt,
        IsAdmin = db.Admins.Any(a => a.UserId == u.Id),
    });

    /// <exception cref="Core.Errors.InvalidInputException">A parameter is wrong.</exception>
    public async Task<NumberedPage<AdminUserResource>> ReadAsync(IQueryCollection query, int number, int size, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await Listing.ReadAsync(Rows(db), query, number, size, ct);
    }

    /// <summary>Null where there is no such person.</summary>
    public async Task<AdminUserResource?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        return await Rows(db).SingleOrDefaultAsync(u => u.Id == id, ct);
    }

    private static System.Linq.Expressions.Expression<Func<AdminUserResource, bool>> Like(string part) =>
        u => u.Username.Contains(part) || u.Email.ToLower().Contains(part);
}
