using System.Net;
using Microsoft.EntityFrameworkCore;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Admin;

/// <summary>Who did something.</summary>
/// <param name="Id">Null for the engine and for strangers.</param>
/// <param name="Username">As it was then.</param>
public sealed record ActorResource(Guid? Id, string? Username);

/// <summary>An entry of the audit log.</summary>
/// <param name="Outcome">Such as <c>succeeded</c>, <c>accepted</c>, <c>refused</c>.</param>
public sealed record AuditResource(long Id, DateTimeOffset At, ActorResource Actor, string Action, string Subject, string Outcome, string? Address)
{
    public static AuditResource Of(AuditEntry entry) => new(
        entry.Id, entry.At, new ActorResource(entry.ActorId, entry.ActorName), entry.Action, entry.Subject, entry.Outcome, entry.Address?.ToString());
}

/// <summary><c>/api/v1/admin/audit</c>: who did what, from where, and how it ended.</summary>
public static class AuditApi
{
    /// <summary>What the list can be sorted and filtered by.</summary>
    public static readonly Collection<AuditEntry> Listing = new Collection<AuditEntry>("-at")
        .Sort("at", e => e.At, e => e.Id)
        .Filter("actor", (string name) => e => e.ActorName == name)
        .Filter("action", (string action) => e => e.Action == action || e.Action.StartsWith(action + "."))
        .Filter("subject", (string part) => e => EF.Functions.ILike(e.Subject, $"%{Literal(part)}%", "\\"))
        .Filter("outcome", (string outcome) => e => e.Outcome == outcome)
        .Filter("address", (IPAddress address) => e => e.Address == address)
        .Filter("since", (DateTimeOffset since) => e => e.At >= since)
        .Filter("until", (DateTimeOffset until) => e => e.At < until);

    public static void MapAuditApi(this IEndpointRouteBuilder admin) =>
        admin.MapGet("/audit", (HttpContext context, WebHosterDb db) =>
                Listing.Ask(db.Audit.AsNoTracking(), context.Request.Query).AnswerAsync(context, AuditResource.Of))
            .WithName("listAudit").WithSummary("Who did what, from where, and how it ended; newest first").Pages<AuditEntry, AuditResource>(Listing);

    private static string Literal(string part) => part.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_");
}
