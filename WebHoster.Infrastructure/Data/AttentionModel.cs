using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Core.Alerts;
using WebHoster.Core.Drift;
using WebHoster.Core.Jobs;
using WebHoster.Core.Operations;

namespace WebHoster.Infrastructure.Data;

/// <summary>The tables of jobs, drift and alerts.</summary>
internal static class AttentionModel
{
    private const int NameLength = 200;
    private const int KindLength = 40;
    private const int WordsLength = 4000;

    public static void Spell(ModelConfigurationBuilder builder)
    {
        builder.Properties<JobOutcome>().HaveConversion<WordConverter<JobOutcome>>().HaveMaxLength(20);
        builder.Properties<DriftEnd>().HaveConversion<WordConverter<DriftEnd>>().HaveMaxLength(20);
        builder.Properties<RepairStatus>().HaveConversion<WordConverter<RepairStatus>>().HaveMaxLength(20);
        builder.Properties<AlertKind>().HaveConversion<WordConverter<AlertKind>>().HaveMaxLength(20);
        builder.Properties<AlertEnd>().HaveConversion<WordConverter<AlertEnd>>().HaveMaxLength(20);
        builder.Properties<TargetKind>().HaveConversion<WordConverter<TargetKind>>().HaveMaxLength(20);
        builder.Properties<AlertEvent>().HaveConversion<WordConverter<AlertEvent>>().HaveMaxLength(20);
        builder.Properties<DeliveryStatus>().HaveConversion<WordConverter<DeliveryStatus>>().HaveMaxLength(20);
    }

    public static void Describe(ModelBuilder builder)
    {
        builder.Entity<Operation>(operation =>
        {
            operation.HasIndex(o => new { o.Status, o.CreatedAt, o.Id }, "ix_operations_by_status");
            operation.HasIndex(o => o.FinishedAt, "ix_operations_by_end");
        });
        Jobs(builder);
        Drift(builder);
        Alerts(builder);
    }

    private static void Jobs(ModelBuilder builder)
    {
        builder.Entity<JobRun>(run =>
        {
            run.ToTable("job_runs");
            run.Property(r => r.Job).HasMaxLength(KindLength);
            run.Property(r => r.Worker).HasMaxLength(NameLength);
            run.HasIndex(r => new { r.Job, r.Id }, "ix_job_runs_by_job");
            run.HasIndex(r => r.FinishedAt, "ix_job_runs_by_end");
        });
        builder.Entity<JobControl>(control =>
        {
            control.ToTable("job_controls");
            control.HasKey(c => c.Name);
            control.Property(c => c.Name).HasMaxLength(KindLength);
        });
        builder.Entity<Worker>(worker =>
        {
            worker.ToTable("workers");
            worker.Property(w => w.Id).ValueGeneratedNever();
            worker.Property(w => w.Name).HasMaxLength(NameLength);
            worker.Property(w => w.Host).HasMaxLength(NameLength);
            worker.Property(w => w.Version).HasMaxLength(KindLength);
        });
    }

    private static void Drift(ModelBuilder builder)
    {
        builder.Entity<DriftRun>(run =>
        {
            run.ToTable("drift_runs");
            run.Property(r => r.Worker).HasMaxLength(NameLength);
        });
        builder.Entity<DriftFinding>(finding =>
        {
            finding.ToTable("drift_findings");
            finding.Property(f => f.Id).ValueGeneratedNever();
            finding.Property(f => f.Kind).HasMaxLength(KindLength);
            finding.Property(f => f.Subject).HasMaxLength(NameLength);
            finding.Property(f => f.Words).HasMaxLength(WordsLength);
            finding.Property(f => f.Mend).HasMaxLength(WordsLength);
            finding.HasIndex(f => new { f.Kind, f.Subject }, "ix_drift_findings_one_open").IsUnique().HasFilter("ended_at is null");
        });
        builder.Entity<DriftRepair>(repair =>
        {
            repair.ToTable("drift_repairs");
            repair.Property(r => r.Worker).HasMaxLength(NameLength);
            repair.HasIndex(r => r.FindingId, "ix_drift_repairs_one_unfinished").IsUnique().HasFilter("status in ('waiting', 'running')");
            repair.HasIndex(r => new { r.FindingId, r.Id }, "ix_drift_repairs_by_finding");
            repair.HasOne<DriftFinding>().WithMany().HasForeignKey(r => r.FindingId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void Alerts(ModelBuilder builder)
    {
        builder.Entity<Alert>(alert =>
        {
            alert.ToTable("alerts");
            alert.Property(a => a.Id).ValueGeneratedNever();
            alert.Property(a => a.Subject).HasMaxLength(NameLength);
            alert.Property(a => a.Words).HasMaxLength(WordsLength);
            alert.Ignore(a => a.IsOpen);
            alert.HasIndex(a => new { a.Kind, a.Subject }, "ix_alerts_one_open").IsUnique().HasFilter("ended_at is null");
        });
        builder.Entity<AlertTarget>(target =>
        {
            target.ToTable("alert_targets");
            target.Property(t => t.Id).ValueGeneratedNever();
            target.Property(t => t.Name).HasMaxLength(PersonalName.MaxLength);
            target.Property(t => t.Address).HasMaxLength(AlertTarget.MaxAddressLength);
        });
        builder.Entity<AlertDelivery>(delivery =>
        {
            delivery.ToTable("alert_deliveries");
            delivery.Property(d => d.Id).ValueGeneratedNever();
            delivery.Property(d => d.TargetName).HasMaxLength(PersonalName.MaxLength);
            delivery.HasIndex(d => d.NextTryAt, "ix_alert_deliveries_due").HasFilter("status = 'waiting'");
            delivery.HasIndex(d => d.AlertId, "ix_alert_deliveries_by_alert");
            delivery.HasIndex(d => d.TargetId, "ix_alert_deliveries_by_target");
            delivery.HasOne<Alert>().WithMany().HasForeignKey(d => d.AlertId).OnDelete(DeleteBehavior.Cascade);
            delivery.HasOne<AlertTarget>().WithMany().HasForeignKey(d => d.TargetId).OnDelete(DeleteBehavior.SetNull);
        });
    }
}
