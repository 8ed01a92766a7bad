using Microsoft.EntityFrameworkCore;

namespace WebHoster.Infrastructure.Data;

/// <summary>
/// What the portal's own PostgreSQL user may do: work with rows, of the audit log's only read and add, and change no table. Given anew at
/// every start by the tables' owner, so that new tables are in it.
/// </summary>
public static class WebGrants
{
    /// <param name="role">Nothing is done where there is no such role, or it is the owner.</param>
    public static Task ApplyAsync(WebHosterDb db, string? role, CancellationToken ct) => db.Database.ExecuteSqlRawAsync(Sql, [role ?? ""], ct);

    // A name cannot be a parameter of grant; format's %I quotes it.
    private const string Sql =
        """
        select set_config('webhoster.web_role', {0}, false);
        do $$
        declare web text := current_setting('webhoster.web_role');
        begin
            if web = current_user or not exists (select from pg_roles where rolname = web) then
                return;
            end if;
            execute format('grant usage on schema public to %I', web);
            execute format('grant select, insert, update, delete on all tables in schema public to %I', web);
            execute format('grant usage, select on all sequences in schema public to %I', web);
            execute format('alter default privileges in schema public grant select, insert, update, delete on tables to %I', web);
            execute format('alter default privileges in schema public grant usage, select on sequences to %I', web);
            execute format('revoke all on audit_entries, "__EFMigrationsHistory" from %I', web);
            execute format('grant select, insert on audit_entries to %I', web);
            execute format('grant select on "__EFMigrationsHistory" to %I', web);
        end $$
        """;
}
