using System.Data.Common;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Alerts;
using WebHoster.Core.Drift;
using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Data;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Paging;

/// <summary>Each index is there for a look-up, and PostgreSQL finds it.</summary>
[Trait("Category", "Integration")]
public sealed class IndexTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Guid Id = Guid.NewGuid();

    // By whom they are asked: the API and the pages; sign-in; the engine; or PostgreSQL itself, when what they refer to goes.
    private static readonly Dictionary<string, Func<WebHosterDb, IQueryable>> LookUps = new()
    {
        ["IX_acting_sessions_admin_id"] = db => db.ActingSessions.Where(s => s.AdminId == Id && s.EndedAt == null),
        ["IX_acting_sessions_customer_id"] = db => db.ActingSessions.Where(s => s.CustomerId == Id),
        ["ix_alert_deliveries_by_alert"] = db => db.AlertDeliveries.Where(d => d.AlertId == Id),
        ["ix_alert_deliveries_by_target"] = db => db.AlertDeliveries.Where(d => d.TargetId == Id),
        ["ix_alert_deliveries_due"] = db => db.AlertDeliveries.Where(d => d.Status == DeliveryStatus.Waiting && d.NextTryAt <= DateTimeOffset.UtcNow),
        ["ix_alerts_one_open"] = db => db.Alerts.Where(a => a.Kind == AlertKind.DriftFound && a.Subject == "x" && a.EndedAt == null),
        ["ix_drift_findings_one_open"] = db => db.DriftFindings.Where(f => f.Kind == "x" && f.Subject == "y" && f.EndedAt == null),
        ["ix_drift_repairs_by_finding"] = db => db.DriftRepairs.Where(r => r.FindingId == Id).OrderByDescending(r => r.Id),
        ["ix_drift_repairs_one_unfinished"] = db => db.DriftRepairs.Where(
            r => r.FindingId == Id && (r.Status == RepairStatus.Waiting || r.Status == RepairStatus.Running)),
        ["ix_job_runs_by_end"] = db => db.JobRuns.Where(r => r.FinishedAt >= DateTimeOffset.UtcNow),
        ["ix_job_runs_by_job"] = db => db.JobRuns.Where(r => r.Job == "sweep-host").OrderByDescending(r => r.Id),
        ["ix_operations_by_end"] = db => db.Operations.IgnoreAutoIncludes().Where(o => o.FinishedAt >= DateTimeOffset.UtcNow),
        ["ix_operations_by_status"] = db => db.Operations.IgnoreAutoIncludes().Where(o => o.Status == OperationStatus.Failed).OrderByDescending(o => o.CreatedAt),
        ["IX_api_tokens_hash"] = db => db.ApiTokens.Where(t => t.Hash == new byte[32]),
        ["IX_api_tokens_owner_id"] = db => db.ApiTokens.Where(t => t.OwnerId == Id),
        ["IX_audit_entries_action_at_id"] = db => db.Audit.Where(e => e.Action == "account.sign_in").OrderByDescending(e => e.At).ThenByDescending(e => e.Id),
        ["IX_audit_entries_actor_name_at_id"] = db => db.Audit.Where(e => e.ActorName == "somebody").OrderByDescending(e => e.At).ThenByDescending(e => e.Id),
        ["IX_audit_entries_at_id"] = db => db.Audit.OrderByDescending(e => e.At).ThenByDescending(e => e.Id),
        ["IX_audit_entries_actor_id_id"] = db => db.Audit.Where(a => a.ActorId == Id).OrderByDescending(a => a.Id),
        ["IX_audit_entries_subject_id"] = db => db.Audit.Where(a => a.Subject == "somebody").OrderByDescending(a => a.Id),
        ["IX_hosting_transitions_hosting_id"] = db => db.Set<HostingTransition>().Where(t => t.HostingId == Id),
        ["IX_hostings_created_at_id"] = db => db.Hostings.OrderByDescending(h => h.CreatedAt).ThenByDescending(h => h.Id).Take(50),
        ["IX_hostings_owner_id_ordinal"] = db => db.Hostings.Where(h => h.OwnerId == Id).OrderBy(h => h.Ordinal),
        ["IX_hostings_slot_number"] = db => db.Hostings.Where(h => h.SlotNumber == 7),
        ["IX_hostings_slug"] = db => db.Hostings.Where(h => h.Slug == "somebody"),
        ["names_pkey"] = db => db.Database.SqlQuery<string>($"select name from names where name = 'somebody'"),
        ["names_hosting_id_idx"] = db => db.Database.SqlQuery<string>($"select name from names where hosting_id = {Id}"),
        ["names_owner_id_idx"] = db => db.Database.SqlQuery<string>($"select name from names where owner_id = {Id}"),
        ["IX_operation_events_operation_id_id"] = db => db.OperationEvents.Where(e => e.OperationId == Id && e.Id > 7).OrderBy(e => e.Id),
        ["IX_operations_created_at_id"] = db => db.Operations.IgnoreAutoIncludes().OrderByDescending(o => o.CreatedAt).ThenByDescending(o => o.Id).Take(50),
        ["IX_operations_owner_id_created_at"] = db => db.Operations.Where(o => o.OwnerId == Id).OrderByDescending(o => o.CreatedAt),
        ["ix_operations_one_unfinished"] = db => db.Operations.Where(
            o => o.HostingId == Id && (o.Status == OperationStatus.Queued || o.Status == OperationStatus.Running)),
        ["IX_role_claims_role_id"] = db => db.RoleClaims.Where(c => c.RoleId == Id),
        ["RoleNameIndex"] = db => db.Roles.Where(r => r.NormalizedName == "ADMIN"),
        ["IX_sessions_user_id_seen_at"] = db => db.Sessions.Where(s => s.UserId == Id && s.SeenAt > DateTimeOffset.UnixEpoch).OrderByDescending(s => s.SeenAt),
        ["IX_ssh_keys_hosting_id"] = db => db.SshKeys.Where(k => k.HostingId == Id),
        ["IX_ssh_keys_owner_id_hosting_id_fingerprint"] = db => db.SshKeys.Where(k => k.OwnerId == Id),
        ["IX_stream_tickets_hosting_id"] = db => db.Database.SqlQuery<Guid>($"select hosting_id from stream_tickets where hosting_id = {Id}"),
        ["IX_user_claims_user_id"] = db => db.UserClaims.Where(c => c.UserId == Id),
        ["IX_user_logins_user_id"] = db => db.UserLogins.Where(l => l.UserId == Id),
        ["IX_user_passkeys_user_id"] = db => db.UserPasskeys.Where(p => p.UserId == Id),
        ["IX_user_roles_role_id"] = db => db.UserRoles.Where((IdentityUserRole<Guid> r) => r.RoleId == Id),
        ["IX_users_created_at_id"] = db => db.Users.OrderByDescending(u => u.CreatedAt).ThenByDescending(u => u.Id).Take(50),
        ["IX_users_user_name_id"] = db => db.Users.OrderBy(u => u.UserName).ThenBy(u => u.Id).Take(50),
        ["IX_users_plan_name"] = db => db.Users.Where(u => u.PlanName == "double"),
        ["UserNameIndex"] = db => db.Users.Where(u => u.NormalizedUserName == "SOMEBODY"),
        ["ix_users_email"] = db => db.Users.Where(u => u.NormalizedEmail == "SOMEBODY@EXAMPLE.ORG"),
    };

    [Fact]
    public async Task EachIndexIsUsed()
    {
        await using var db = postgres.NewContext();
        await db.Database.MigrateAsync();
        await db.Database.OpenConnectionAsync();
        // The tables are empty: reading them whole would be cheaper.
        await db.Database.ExecuteSqlAsync($"set enable_seqscan = off");
        var primary = db.Model.GetEntityTypes().Select(e => e.FindPrimaryKey()?.GetName()).ToHashSet();
        var indexes = await db.Database.SqlQuery<string>(
            $"select indexname from pg_indexes where schemaname = 'public' and tablename not like 'qrtz%' and tablename not like '%efmigrations%'").ToListAsync();

        Assert.Equal(indexes.Where(i => !primary.Contains(i) && !i.StartsWith("PK_")).Order(), LookUps.Keys.Order());
        foreach (var (index, lookUp) in LookUps)
            Assert.Matches($"Index (Only )?Scan.*{index}|Bitmap Index Scan on \"?{index}", await ExplainAsync(lookUp(db)));
    }

    private static async Task<string> ExplainAsync(IQueryable rows)
    {
        await using DbCommand command = rows.CreateDbCommand();
        command.CommandText = $"explain {command.CommandText}";
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }
}
