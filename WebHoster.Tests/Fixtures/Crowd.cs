namespace WebHoster.Tests.Fixtures;

/// <summary>As many people and hostings as a large install has, written by PostgreSQL itself.</summary>
internal static class Crowd
{
    /// <summary><paramref name="size"/> people <c>crowd-n</c> with a hosting, two operations and three lines of the audit log each.</summary>
    public static async Task SeedAsync(PostgresFixture database, int size)
    {
        await database.ExecuteAsync(
            """
            insert into users (id, user_name, normalized_user_name, email, normalized_email, email_confirmed, security_stamp, concurrency_stamp,
                phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count, created_at, plan_name, last_sign_in_at, disabled_at)
            select gen_random_uuid(), 'crowd-' || n, 'CROWD-' || n, 'crowd-' || n || '@example.org', 'CROWD-' || n || '@EXAMPLE.ORG', true, n::text, n::text,
                false, false, false, 0, now() - n * interval '1 minute', 'standard',
                case when n % 3 > 0 then now() - n * interval '17 seconds' end, case when n % 50 = 0 then now() end
            from generate_series(1, @size) n
            """, ("size", size));
        await database.ExecuteAsync(
            """
            insert into slots (number, state) select n, 'held' from generate_series(0, @size - 1) n;
            insert into hostings (id, owner_id, ordinal, slug, slot_number, machine_id, generation, memory_mb, vcpus, disk_gb, keys_wanted, keys_applied,
                desired, status, health, route, created_at, lease_epoch, attempts)
            select gen_random_uuid(), u.id, 1, u.user_name, row_number() over () - 1, gen_random_uuid(), 1, 1024, 1, 10, 0, 0,
                case when n % 5 = 0 then 'stopped' else 'running' end,
                case when n % 5 = 0 then 'stopped' when n % 97 = 0 then 'failed' else 'running' end,
                case when n % 5 = 0 then 'unknown' when n % 41 = 0 then 'no_http' else 'healthy' end, 'guest', u.created_at, 0, 0
            from (select *, substr(user_name, 7)::int as n from users where user_name like 'crowd-%') u;
            update slots s set hosting_id = h.id from hostings h where h.slot_number = s.number
            """, ("size", size));
        await database.ExecuteAsync(
            """
            insert into operations (id, kind, status, hosting_id, owner_id, slug, created_at, started_at, finished_at)
            select gen_random_uuid(), case k when 0 then 'create' else 'restart' end, case when k = 1 and row_number() over () % 200 = 0 then 'failed' else 'succeeded' end,
                h.id, h.owner_id, h.slug, h.created_at + k * interval '10 minutes', h.created_at, h.created_at
            from hostings h, generate_series(0, 1) k;
            insert into audit_entries (at, actor_id, action, subject, outcome)
            select h.created_at, h.owner_id, (array['account.sign_in', 'hosting.create', 'hosting.restart'])[k], h.slug, 'succeeded' from hostings h, generate_series(1, 3) k;
            analyze
            """);
    }
}
