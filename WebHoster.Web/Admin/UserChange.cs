using System.Net;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Admin;

/// <summary>What administrators do to a person's account on a page.</summary>
public enum UserChangeKind { Disable, Enable, Promote, Demote, Plan }

/// <summary>One such change.</summary>
/// <param name="Plan">For <see cref="UserChangeKind.Plan"/>.</param>
/// <param name="StopsHostings">For <see cref="UserChangeKind.Disable"/>: whether their machines are stopped as well.</param>
public sealed record UserChange(UserChangeKind Kind, string? Plan = null, bool StopsHostings = false);

/// <summary>Does them.</summary>
public sealed class UserChanges(UserAdministration administration, HostingInterventions interventions)
{
    /// <returns>How the machines took it, where they were to be stopped; else null.</returns>
    /// <exception cref="Core.Errors.DomainException">It cannot be done.</exception>
    public async Task<BulkOutcome?> ApplyAsync(Guid actor, Guid id, UserChange change, IPAddress? from, CancellationToken ct)
    {
        await (change.Kind switch
        {
            UserChangeKind.Disable => administration.DisableAsync(actor, id, from, ct),
            UserChangeKind.Enable => administration.EnableAsync(actor, id, from, ct),
            UserChangeKind.Promote => administration.PromoteAsync(actor, id, from, ct),
            UserChangeKind.Demote => administration.DemoteAsync(actor, id, from, ct),
            UserChangeKind.Plan => administration.SetPlanAsync(actor, id, change.Plan, from, ct),
            _ => throw new ArgumentOutOfRangeException(nameof(change), change, null),
        });
        return change is { Kind: UserChangeKind.Disable, StopsHostings: true } ? await interventions.StopAllOfAsync(actor, id, from, ct) : null;
    }
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
        (UserChangeKind.Plan, _) => texts["{0} has the plan {1} for hostings made from now on.", user.Username, change.Plan],
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, null),
    };
}
