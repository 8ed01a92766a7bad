using Microsoft.EntityFrameworkCore.Migrations;

namespace WebHoster.Infrastructure.Data.Migrations;

/// <summary>
/// Every change of a table that people watch is announced by PostgreSQL itself, in the same transaction: no code can forget
/// it, and a change made by another process or in psql is seen as well. Channel <c>webhoster</c> wakes readers
/// (Realtime/ChangeFeed), channel <c>webhoster_work</c> wakes workers (Jobs/Doorbell). A lease's renewal is no news.
/// </summary>
public partial class AnnounceChanges : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        create function announce(kind text, hosting_id uuid, owner_id uuid, operation_id uuid) returns void language sql as $$
            select pg_notify('webhoster', json_build_object(
                'kind', kind, 'hosting_id', hosting_id, 'owner_id', owner_id, 'operation_id', operation_id)::text)
        $$;

        create function announce_hosting() returns trigger language plpgsql as $$
        declare h hostings := coalesce(new, old);
        begin
            perform announce('hosting', h.id, h.owner_id, null);
            return null;
        end $$;
        create trigger hostings_come_and_go after insert or delete on hostings
            for each row execute function announce_hosting();
        create trigger hostings_change after update on hostings for each row
            when ((old.status, old.desired, old.health, old.route, old.generation, old.authorized_key)
                is distinct from (new.status, new.desired, new.health, new.route, new.generation, new.authorized_key))
            execute function announce_hosting();

        create function announce_operation() returns trigger language plpgsql as $$
        begin
            perform announce('operation', new.hosting_id, new.owner_id, new.id);
            if new.status = 'queued' then
                perform pg_notify('webhoster_work', new.hosting_id::text);
            end if;
            return null;
        end $$;
        create trigger operations_change after insert or update on operations
            for each row execute function announce_operation();

        create function announce_operation_part() returns trigger language plpgsql as $$
        begin
            perform announce('operation', o.hosting_id, o.owner_id, o.id) from operations o where o.id = new.operation_id;
            return null;
        end $$;
        create trigger operation_steps_change after insert or update on operation_steps
            for each row execute function announce_operation_part();
        create trigger operation_events_come after insert on operation_events
            for each row execute function announce_operation_part();
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        drop function announce_hosting, announce_operation, announce_operation_part cascade;
        drop function announce;
        """);
}
