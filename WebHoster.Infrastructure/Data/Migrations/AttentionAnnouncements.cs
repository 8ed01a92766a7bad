namespace WebHoster.Infrastructure.Data.Migrations;

/// <summary>
/// The triggers by which jobs, workers, drift and alerts announce themselves: readers look at all of a kind again, and PostgreSQL tells equal news
/// of a transaction once. By row, because a statement that changes none is no news: who looks for work by an UPDATE would wake itself for ever.
/// A worker's row is news every two seconds; that is its heartbeat.
/// </summary>
internal static class AttentionAnnouncements
{
    public const string Up =
        """
        create function announce_kind() returns trigger language plpgsql as $$
        begin
            perform announce(tg_argv[0], '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', null);
            return null;
        end $$;
        create trigger job_runs_announce after insert or update on job_runs for each row execute function announce_kind('job');
        create trigger job_controls_announce after insert or update on job_controls for each row execute function announce_kind('job');
        create trigger workers_announce after insert or update on workers for each row execute function announce_kind('worker');
        create trigger drift_runs_announce after insert or update on drift_runs for each row execute function announce_kind('drift');
        create trigger drift_findings_announce after insert or update on drift_findings for each row execute function announce_kind('drift');
        create trigger drift_repairs_announce after insert or update on drift_repairs for each row execute function announce_kind('drift');
        create trigger alerts_announce after insert or update or delete on alerts for each row execute function announce_kind('alert');
        create trigger alert_targets_announce after insert or update or delete on alert_targets for each row execute function announce_kind('alert');
        create trigger alert_deliveries_announce after insert or update on alert_deliveries for each row execute function announce_kind('alert');
        """;

    public const string Down = "drop function announce_kind cascade;";
}
