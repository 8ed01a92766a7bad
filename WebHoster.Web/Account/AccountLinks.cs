using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Mail;
using WebHoster.Infrastructure.Settings;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Account;

/// <summary>A link that an administrator hands over.</summary>
public sealed record ResetLink(string ResetUrl, DateTimeOffset ExpiresAt);

/// <summary>Links by which people confirm an address or set a new password, and the letters that carry them.</summary>
public sealed class AccountLinks(
    LinkTokens tokens, AccountChanges changes, Post post, Texts T, PublicAddresses addresses, IDbContextFactory<WebHosterDb> factory,
    ILookupNormalizer normalizer, TimeProvider clock)
{
    private const string ByMail = "mail";
    private const string ByAdmin = "admin";
    private static readonly TimeSpan ConfirmLife = TimeSpan.FromDays(3), ResetLife = TimeSpan.FromHours(2), HandedLife = TimeSpan.FromHours(24);

    public void SendConfirmation(User user) => Send(
        user.Email!, T["Confirm your email address"], T["Open this link to confirm that this is your address. It works for three days."],
        "confirm", tokens.Create(LinkPurpose.ConfirmEmail, user, user.Email!, ConfirmLife), user);

    /// <summary>The new address becomes the account's when its link is opened; the old one hears of it.</summary>
    public async Task SendEmailChangeAsync(User user, string email, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        db.Add(new AuditEntry(clock.GetUtcNow(), user.Id, "account.ask_email", user.UserName!, "accepted", from));
        await db.SaveChangesAsync(ct);
        Send(email, T["Confirm your new email address"], T["Open this link to make this the address of your account. It works for three days."],
            "confirm", tokens.Create(LinkPurpose.ChangeEmail, user, email, ConfirmLife), user);
        post.Send(new Letter(user.Email!, T["Your email address is being changed"], T[
            "Somebody who is signed in to the account {0} asked for another email address. If that was not you, change your password at {1}",
            user.UserName, $"{addresses.PortalUrl}/account/security"]));
    }

    /// <summary>So that a person hears of what somebody else may have done in their name. Without mail, nobody does.</summary>
    /// <param name="done">A sentence.</param>
    public void SendNotice(User user, string done) => post.Send(new Letter(user.Email!, $"{done} · WebHoster", string.Join(
        "\n\n", T["Hello {0},", user.UserName], done, T["If that was not you, set a new password at {0}", $"{addresses.PortalUrl}/forgot"])));

    /// <summary>So that a person hears of what an administrator has done to the account.</summary>
    /// <param name="done">A sentence.</param>
    public async Task SendNoticeAsync(Guid userId, string done, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId, ct) is { } user)
            post.Send(new Letter(user.Email!, $"{done} · WebHoster", string.Join(
                "\n\n", T["Hello {0},", user.UserName], done, T["If you know nothing of it, ask the people who run {0}.", addresses.PortalUrl])));
    }

    /// <summary>Says nothing of whether there is such an account: a letter comes, or none.</summary>
    public async Task SendResetAsync(string? email, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var key = normalizer.NormalizeEmail(EmailAddress.Normalise(email));
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedEmail == key && u.DisabledAt == null, ct);
        db.Add(new AuditEntry(clock.GetUtcNow(), null, "account.ask_reset", user?.UserName ?? "", user is null ? "refused" : "accepted", from));
        await db.SaveChangesAsync(ct);
        if (user is not null)
            Send(user.Email!, T["Set a new password"], T["Open this link to set a new password. It works for two hours, once."],
                "reset", tokens.Create(LinkPurpose.ResetPassword, user, ByMail, ResetLife), user);
    }

    /// <summary>For who cannot be mailed: whoever has the link can set that account's password, once.</summary>
    /// <exception cref="NotFoundException">There is no such user.</exception>
    public async Task<ResetLink> MakeResetAsync(Guid actor, Guid userId, IPAddress? from, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId, ct) ?? throw new NotFoundException("There is no such user.");
        db.Add(new AuditEntry(clock.GetUtcNow(), actor, "user.reset_link", user.UserName!, "succeeded", from));
        await db.SaveChangesAsync(ct);
        if (user.PasswordHash is not null)
            await SendNoticeAsync(userId, T["An administrator has made a link by which your account's password can be set."], ct);
        return new ResetLink(UrlOf("reset", tokens.Create(LinkPurpose.ResetPassword, user, ByAdmin, HandedLife)), clock.GetUtcNow() + HandedLife);
    }

    /// <param name="session">The one in which the link was opened, if any: it goes on.</param>
    /// <exception cref="ConflictException">The link opens nothing any more.</exception>
    public async Task<User> ConfirmAsync(string? token, Guid? session, IPAddress? from, CancellationToken ct)
    {
        if (tokens.Read(LinkPurpose.ChangeEmail, token) is { } change)
        {
            await RequireFreshAsync(change, null, ct);
            return await changes.SetEmailAsync(change.UserId, change.Detail, session, change, from, ct);
        }
        var link = tokens.Read(LinkPurpose.ConfirmEmail, token) ?? throw new ConflictException(Link.Spent);
        await RequireFreshAsync(link, link.Detail, ct);
        return await changes.ConfirmEmailAsync(link.UserId, from, ct);
    }

    /// <exception cref="ConflictException">The link opens nothing any more.</exception>
    /// <exception cref="InvalidInputException">The password will not do.</exception>
    public async Task ResetAsync(string? token, string? password, IPAddress? from, CancellationToken ct)
    {
        var link = await RequireResetAsync(token, ct);
        var user = await changes.SetPasswordAsync(link.UserId, password, "account.reset_password", null, link, confirms: link.Detail == ByMail, from, ct);
        SendNotice(user, T["Your account has a new password."]);
    }

    /// <exception cref="ConflictException">The link opens nothing any more.</exception>
    public async Task<Link> RequireResetAsync(string? token, CancellationToken ct)
    {
        var link = tokens.Read(LinkPurpose.ResetPassword, token) ?? throw new ConflictException(Link.Spent);
        await RequireFreshAsync(link, null, ct);
        return link;
    }

    /// <param name="email">Which the account must still have; null where the stamp says enough.</param>
    private async Task RequireFreshAsync(Link link, string? email, CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == link.UserId && u.DisabledAt == null, ct);
        if (user is null || (email is null ? AccessTokens.Digest(user.SecurityStamp) != link.Stamp : user.Email != email))
            throw new ConflictException(Link.Spent);
    }

    private void Send(string to, string subject, string text, string page, string token, User user) => post.SendAsked(new Letter(
        to, $"{subject} · WebHoster", string.Join("\n\n", T["Hello {0},", user.UserName], text, UrlOf(page, token), T["If you did not ask for this, do nothing."])));

    private string UrlOf(string page, string token) => $"{addresses.PortalUrl}/{page}?token={Uri.EscapeDataString(token)}";
}
