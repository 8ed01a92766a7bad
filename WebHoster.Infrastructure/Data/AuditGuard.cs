namespace WebHoster.Infrastructure.Data;

/// <summary>
/// SQL of migration AccountSecurity. The audit log refuses changes whoever asks, the tables' owner included. Who acted is written down with
/// the entry, since people go; and how what they asked for ended, the moment it does.
/// </summary>
public static class AuditGuard
{
    public const string Up =
        """
        update audit_entries e set actor_name = u.user_name from users u where u.id = e.actor_id;

        create function name_audit_actor() returns trigger language plpgsql as $$
        begin
            if new.actor_name is null and new.actor_id is not null then
                select user_name into new.actor_name from users where id = new.actor_id;
            end if;
            return new;
        end $$;
        create trigger audit_entries_are_named before insert on audit_entries for each row execute function name_audit_actor();

        create function refuse_audit_change() returns trigger language plpgsql as $$
        begin
            raise exception 'The audit log is only ever added to.' using errcode = 'insufficient_privilege';
        end $$;
        create trigger audit_entries_stay before update or delete or truncate on audit_entries
            for each statement execute function refuse_audit_change();

        create function audit_operation_end() returns trigger language plpgsql as $$
        begin
            insert into audit_entries (at, action, subject, outcome) values (now(), 'hosting.' || new.kind, new.slug, new.status);
            return null;
        end $$;
        create trigger operations_end after update of status on operations for each row
            when (old.status in ('queued', 'running') and new.status in ('succeeded', 'failed', 'cancelled'))
            execute function audit_operation_end();

        create function announce_session() returns trigger language plpgsql as $$
        begin
            perform announce('account', '00000000-0000-0000-0000-000000000000', old.user_id, null);
            return null;
        end $$;
        create trigger sessions_end after delete on sessions for each row execute function announce_session();
        """;

    public const string Down =
        """
        drop trigger sessions_end on sessions;
        drop trigger operations_end on operations;
        drop trigger audit_entries_stay on audit_entries;
        drop trigger audit_entries_are_named on audit_entries;
        drop function announce_session, audit_operation_end, refuse_audit_change, name_audit_actor;
        """;
}
