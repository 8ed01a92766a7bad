namespace WebHoster.Infrastructure.Data;

/// <summary>What a plan allows, and who has which, is on pages that follow it: PostgreSQL announces both, as it does all that people watch.</summary>
public static class PlanAnnouncements
{
    public const string Up =
        """
        create function announce_plan() returns trigger language plpgsql as $$
        begin
            perform announce('plan', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', null);
            return null;
        end $$;
        create trigger plans_announce after update on plans for each row when (old.* is distinct from new.*) execute function announce_plan();

        create function announce_choice_of_plan() returns trigger language plpgsql as $$
        begin
            perform announce('account', '00000000-0000-0000-0000-000000000000', new.id, null);
            return null;
        end $$;
        create trigger users_plan_announce after update on users for each row
            when (old.plan_name is distinct from new.plan_name) execute function announce_choice_of_plan();
        """;

    public const string Down = "drop function announce_plan, announce_choice_of_plan cascade;";
}
