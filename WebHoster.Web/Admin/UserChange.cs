using System.Net;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Account;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Admin;

/// <summary>What administrators do to a person's account.</summary>
public enum UserChangeKind { Disable, Enable, Promote, Demote, Plan, ConfirmEmail, ForgetSecondFactor, SignOut, Delete }

/// <summary>One such change.</summary>
/// <param name="Plan">For <see cref="UserChangeKind.Plan"/>.</param>
/// <param name="StopsHostings">For <see cref="UserChangeKind.Disable"/>: whether their machines are stopped as well.</param>
public sealed record UserChange(UserChangeKind Kind, string? Plan = null, bool StopsHostings = false);

/// <summary>Does them, and writes to the person of what somebody else must not have done unseen.</summary>
public sealed class UserChanges(UserAdministration administration, AccountRemoval removal, HostingInterventions interventions, AccountLinks links, IServiceScopeFactory scopes, Texts T)
{
    /// <summary>Of the administrator's own password, before a page does what opens or erases somebody's account.</summary>
    /// <returns>What is wrong with it; null where it is right.</returns>
    public async Task<string?> CheckPasswordAsync(Guid actor, string? password, IPAddress? from, CancellationToken ct)
    {
        // A window's own scope lives long, and what remembers rows must not.
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            await scope.ServiceProvider.GetRequiredService<Accounts>().RequirePasswordAsync(actor, password, "password", from, ct);
            return null;
        }
        catch (DomainException e)
        {
            return e.Message;
        }
    }

    /// <returns>How the machines took it, where they were to be stopped; else null.</returns>
    /// <exception cref="DomainException">It cannot be done.</exception>
    public async Task<BulkOutcome?> ApplyAsync(Guid actor, Guid id, UserChange change, IPAddress? from, CancellationToken ct)
    {
        var changed = await (change.Kind switch
        {
            UserChangeKind.Disable => administration.DisableAsync(actor, id, from, ct),
            UserChangeKind.Enable => administration.EnableAsync(actor, id, from, ct),
            UserChangeKind.Promote => administration.PromoteAsync(actor, id, from, ct),
            UserChangeKind.Demote => administration.DemoteAsync(actor, id, from, ct),
            UserChangeKind.ConfirmEmail => administration.ConfirmEmailAsync(actor, id, from, ct),
            UserChangeKind.ForgetSecondFactor => administration.ForgetSecondFactorAsync(actor, id, from, ct),
            UserChangeKind.SignOut => administration.SignOutAsync(actor, id, from, ct),
            UserChangeKind.Plan => administration.SetPlanAsync(actor, id, change.Plan, from, ct),
            UserChangeKind.Delete => DeleteAsync(actor, id, from, ct),
            _ => throw new ArgumentOutOfRangeException(nameof(change), change, null),
        });
        if (changed && NoticeOf(change.Kind) is { } notice)
            await links.SendNoticeAsync(id, notice, ct);
        return change is { Kind: UserChangeKind.Disable, StopsHostings: true } ? await interventions.StopAllOfAsync(actor, id, from, ct) : null;
    }

    private async Task<bool> DeleteAsync(Guid actor, Guid id, IPAddress? from, CancellationToken ct)
    {
        if (actor == id)
            throw new ConflictException("You cannot delete yourself here. Your own page of data can.");
        // While there is somebody to write to.
        await links.SendNoticeAsync(id, T["An administrator is deleting your account, and its hostings with it."], ct);
        await removal.RequestAsync(actor, id, from, ct);
        return true;
    }

    private string? NoticeOf(UserChangeKind kind) => kind switch
    {
        UserChangeKind.Promote => T["An administrator has made you an administrator as well."],
        UserChangeKind.ForgetSecondFactor => T["An administrator has removed your account's second factor: authenticator app, recovery codes and passkeys."],
        _ => null,
    };
}

/// <summary>Changes of accounts in words for people.</summary>
public static class UserWords
{
    /// <param name="stopped">How the machines took it, where they were to be stopped.</param>
    public static string Done(Texts texts, AdminUserResource user, UserChange change, BulkOutcome? stopped) => (change.Kind, stopped) switch
    {
        (UserChangeKind.Disable, null) => texts["{0} is kept out.", user.Username],
        (UserChangeKind.Disable, var outcome) => texts[
            "{0} is kept out. Machines that stop: {1}; busy, so that they go on: {2}.", user.Username, texts.Number(outcome.Accepted), texts.Number(outcome.Refusals.Count)],
        (UserChangeKind.Enable, _) => texts["{0} may sign in again.", user.Username],
        (UserChangeKind.Promote, _) => texts["{0} is an administrator.", user.Username],
        (UserChangeKind.Demote, _) => texts["{0} is no administrator any more.", user.Username],
        (UserChangeKind.ConfirmEmail, _) => texts["The address of {0} counts as confirmed.", user.Username],
        (UserChangeKind.ForgetSecondFactor, _) => texts["The password of {0} opens the account again, without a second factor.", user.Username],
        (UserChangeKind.SignOut, _) => texts["{0} is signed out everywhere.", user.Username],
        (UserChangeKind.Plan, _) => texts["{0} has the plan {1} for hostings made from now on.", user.Username, change.Plan],
        (UserChangeKind.Delete, _) => texts["The account of {0} goes as soon as its hostings are gone.", user.Username],
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, null),
    };
}
