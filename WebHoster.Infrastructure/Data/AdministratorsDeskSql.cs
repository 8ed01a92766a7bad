namespace WebHoster.Infrastructure.Data;

/// <summary>What the migration AdministratorsDesk does in SQL.</summary>
internal static class AdministratorsDeskSql
{
    public const string Up =
        """
        update users u set last_sign_in_at = s.at
        from (select actor_id, max(at) as at from audit_entries where action = 'account.sign_in' and outcome = 'succeeded' group by actor_id) s
        where s.actor_id = u.id;

        -- What holds everywhere is announced to every process.
        create function announce_settings() returns trigger language plpgsql as $$
        begin
            perform announce('settings', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', null);
            return null;
        end $$;
        create trigger run_time_settings_announce after insert or update or delete on run_time_settings
            for each row execute function announce_settings();
        create function announce_announcements() returns trigger language plpgsql as $$
        begin
            perform announce('announcements', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', null);
            return null;
        end $$;
        create trigger announcements_announce after insert or update or delete on announcements
            for each row execute function announce_announcements();
        create function announce_plan() returns trigger language plpgsql as $$
        begin
            perform announce('plan', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', null);
            return null;
        end $$;
        create trigger plans_announce after insert or update or delete on plans for each row execute function announce_plan();

        -- The administrator's other windows learn that they act for nobody any more.
        create function announce_acting() returns trigger language plpgsql as $$
        begin
            perform announce('acting', '00000000-0000-0000-0000-000000000000', new.admin_id, null);
            return null;
        end $$;
        create trigger acting_sessions_announce after insert or update on acting_sessions for each row execute function announce_acting();

        -- People are shown to administrators. A wrong password is no news.
        create function announce_person() returns trigger language plpgsql as $$
        begin
            perform announce('account', '00000000-0000-0000-0000-000000000000', coalesce(new.id, old.id), null);
            return null;
        end $$;
        create trigger users_come_and_go after insert or delete on users for each row execute function announce_person();
        create trigger users_announce after update on users for each row
            when ((old.email, old.user_name, old.plan_name, old.disabled_at, old.last_sign_in_at)
                is distinct from (new.email, new.user_name, new.plan_name, new.disabled_at, new.last_sign_in_at))
            execute function announce_person();
        create function announce_role() returns trigger language plpgsql as $$
        begin
            perform announce('account', '00000000-0000-0000-0000-000000000000', coalesce(new.user_id, old.user_id), null);
            return null;
        end $$;
        create trigger user_roles_announce after insert or delete on user_roles for each row execute function announce_role();
        """;

    public const string Down =
        """
        drop function announce_settings, announce_announcements, announce_plan, announce_acting, announce_person, announce_role cascade;
        """;
}
