using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Accounts;
using WebHoster.Core.Alerts;
using WebHoster.Core.Announcements;
using WebHoster.Core.Drift;
using WebHoster.Core.Hostings;
using WebHoster.Core.Jobs;
using WebHoster.Core.Operations;
using WebHoster.Core.Slots;
using WebHoster.Core.Streams;
using WebHoster.Infrastructure.Acting;
using WebHoster.Infrastructure.Metrics;
using WebHoster.Infrastructure.RunTime;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure.Data;

/// <summary>PostgreSQL, the one truth. Triggers announce every change of the tables that people watch (see Realtime).</summary>
public sealed class WebHosterDb(DbContextOptions<WebHosterDb> options)
    : IdentityDbContext<User, IdentityRole<Guid>, Guid>(options)
{
    public DbSet<Hosting> Hostings => Set<Hosting>();

    public DbSet<Plan> Plans => Set<Plan>();

    public DbSet<SshKey> SshKeys => Set<SshKey>();

    /// <summary>Who is an administrator now, a row for each.</summary>
    public IQueryable<IdentityUserRole<Guid>> Admins => UserRoles.Where(m => Roles.Any(r => r.Id == m.RoleId && r.Name == Data.Roles.Admin));

    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<IdempotencyRecord> IdempotencyRecords => Set<IdempotencyRecord>();

    public DbSet<Slot> Slots => Set<Slot>();

    public DbSet<Operation> Operations => Set<Operation>();

    public DbSet<OperationEvent> OperationEvents => Set<OperationEvent>();

    public DbSet<MetricPoint> MetricPoints => Set<MetricPoint>();

    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    public DbSet<Install> Installs => Set<Install>();

    public DbSet<WorkerReport> WorkerReports => Set<WorkerReport>();

    public DbSet<StreamTicket> StreamTickets => Set<StreamTicket>();

    public DbSet<StoredSetting> StoredSettings => Set<StoredSetting>();

    public DbSet<Announcement> Announcements => Set<Announcement>();

    public DbSet<ActingSession> ActingSessions => Set<ActingSession>();
    public DbSet<JobRun> JobRuns => Set<JobRun>();

    public DbSet<JobControl> JobControls => Set<JobControl>();

    public DbSet<Worker> Workers => Set<Worker>();

    public DbSet<DriftRun> DriftRuns => Set<DriftRun>();

    public DbSet<DriftFinding> DriftFindings => Set<DriftFinding>();

    public DbSet<DriftRepair> DriftRepairs => Set<DriftRepair>();

    public DbSet<Alert> Alerts => Set<Alert>();

    public DbSet<AlertTarget> AlertTargets => Set<AlertTarget>();

    public DbSet<AlertDelivery> AlertDeliveries => Set<AlertDelivery>();

    protected override void ConfigureConventions(ModelConfigurationBuilder builder)
    {
        builder.Properties<HostingStatus>().HaveConversion<WordConverter<HostingStatus>>().HaveMaxLength(20);
        builder.Properties<HostingTrigger>().HaveConversion<WordConverter<HostingTrigger>>().HaveMaxLength(20);
        builder.Properties<DesiredState>().HaveConversion<WordConverter<DesiredState>>().HaveMaxLength(20);
        builder.Properties<HostingHealth>().HaveConversion<WordConverter<HostingHealth>>().HaveMaxLength(20);
        builder.Properties<RouteTarget>().HaveConversion<WordConverter<RouteTarget>>().HaveMaxLength(20);
        builder.Properties<OperationKind>().HaveConversion<WordConverter<OperationKind>>().HaveMaxLength(20);
        builder.Properties<OperationStatus>().HaveConversion<WordConverter<OperationStatus>>().HaveMaxLength(20);
        builder.Properties<StepStatus>().HaveConversion<WordConverter<StepStatus>>().HaveMaxLength(20);
        builder.Properties<StreamPurpose>().HaveConversion<WordConverter<StreamPurpose>>().HaveMaxLength(20);
        builder.Properties<SignInMethod>().HaveConversion<WordConverter<SignInMethod>>().HaveMaxLength(20);
        builder.Properties<AnnouncementLevel>().HaveConversion<WordConverter<AnnouncementLevel>>().HaveMaxLength(20);
        builder.Properties<SlotState>().HaveConversion<WordConverter<SlotState>>().HaveMaxLength(20);
        AttentionModel.Spell(builder);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);

        AccountsModel.Describe(builder);

        builder.Entity<Plan>(plan =>
        {
            plan.ToTable("plans");
            plan.HasKey(p => p.Name);
            plan.Property(p => p.Name).HasMaxLength(Plan.MaxNameLength);
        });
        builder.Entity<IdempotencyRecord>(record =>
        {
            record.ToTable("idempotency_records");
            record.HasKey(r => new { r.OwnerId, r.Key });
            record.Property(r => r.Key).HasMaxLength(IdempotencyRecord.MaxKeyLength);
            record.HasOne<User>().WithMany().HasForeignKey(r => r.OwnerId).OnDelete(DeleteBehavior.Cascade);
        });

        builder.Entity<Hosting>(hosting =>
        {
            hosting.ToTable("hostings");
            hosting.Property(h => h.Id).ValueGeneratedNever();
            hosting.HasIndex(h => new { h.OwnerId, h.Ordinal }).IsUnique();
            hosting.HasIndex(h => h.Slug).IsUnique();
            hosting.HasIndex(h => h.SlotNumber).IsUnique();
            hosting.HasIndex(h => new { h.CreatedAt, h.Id });
            hosting.Property(h => h.Slug).HasMaxLength(Slug.MaxLength);
            hosting.Property(h => h.HostKey).HasMaxLength(200);
            // Every worker's write says WHERE lease_epoch = the one it claimed.
            hosting.Property(h => h.LeaseEpoch).IsConcurrencyToken();
            // A request that changed the status meanwhile wins over an engine that has not seen it.
            hosting.Property(h => h.Status).IsConcurrencyToken();
            hosting.HasOne<User>().WithMany().HasForeignKey(h => h.OwnerId).OnDelete(DeleteBehavior.Restrict);
            hosting.HasOne<Slot>().WithMany().HasForeignKey(h => h.SlotNumber).OnDelete(DeleteBehavior.Restrict);
            hosting.HasMany(h => h.History).WithOne().HasForeignKey(t => t.HostingId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<HostingTransition>().ToTable("hosting_transitions");
        builder.Entity<Slot>(slot =>
        {
            slot.ToTable("slots");
            slot.HasKey(s => s.Number);
            slot.Property(s => s.Number).ValueGeneratedNever();
        });
        builder.Entity<Operation>(operation =>
        {
            operation.ToTable("operations");
            operation.Property(o => o.Id).ValueGeneratedNever();
            operation.Property(o => o.Status).IsConcurrencyToken();
            operation.Property(o => o.TraceParent).HasMaxLength(55);
            operation.HasIndex(o => o.HostingId, "ix_operations_one_unfinished").IsUnique()
                .HasFilter("status in ('queued', 'running')");
            operation.HasIndex(o => new { o.OwnerId, o.CreatedAt });
            operation.HasIndex(o => new { o.CreatedAt, o.Id });
            operation.HasMany(o => o.Steps).WithOne().HasForeignKey(s => s.OperationId);
            operation.Navigation(o => o.Steps).AutoInclude();
        });
        builder.Entity<OperationStep>(step =>
        {
            step.ToTable("operation_steps");
            step.HasKey(s => new { s.OperationId, s.Ordinal });
            step.Property(s => s.Name).HasMaxLength(40);
        });
        builder.Entity<OperationEvent>(line =>
        {
            line.ToTable("operation_events");
            line.HasIndex(l => new { l.OperationId, l.Id });
            line.HasOne<Operation>().WithMany().HasForeignKey(l => l.OperationId);
        });
        builder.Entity<MetricPoint>(point =>
        {
            point.ToTable("metric_points");
            point.HasKey(p => new { p.HostingId, p.Grain, p.Place });
            point.HasOne<Hosting>().WithMany().HasForeignKey(p => p.HostingId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<AuditEntry>(entry =>
        {
            entry.ToTable("audit_entries");
            entry.Property(e => e.ActorName).HasMaxLength(256).ValueGeneratedOnAdd();
            entry.HasIndex(e => new { e.At, e.Id });
            entry.HasIndex(e => new { e.ActorName, e.At, e.Id });
            entry.HasIndex(e => new { e.Action, e.At, e.Id });
            entry.HasIndex(e => new { e.ActorId, e.Id });
            entry.HasIndex(e => new { e.Subject, e.Id });
        });
        builder.Entity<StoredSetting>(setting =>
        {
            setting.ToTable("run_time_settings");
            setting.HasKey(s => s.Name);
            setting.Property(s => s.Name).HasMaxLength(StoredSetting.MaxNameLength);
        });
        builder.Entity<Announcement>(announcement =>
        {
            announcement.ToTable("announcements");
            announcement.Property(a => a.Id).ValueGeneratedNever();
            announcement.Property(a => a.TextEn).HasMaxLength(Announcement.MaxLength);
            announcement.Property(a => a.TextKo).HasMaxLength(Announcement.MaxLength);
        });
        builder.Entity<Install>().ToTable("installs");
        builder.Entity<WorkerReport>(report =>
        {
            report.ToTable("worker_reports");
            report.HasKey(r => r.Worker);
            report.Property(r => r.Worker).HasMaxLength(WorkerReport.MaxNameLength);
            report.Property(r => r.Figures).HasColumnType("jsonb");
        });
        builder.Entity<StreamTicket>(ticket =>
        {
            ticket.ToTable("stream_tickets");
            ticket.HasKey(t => t.Hash);
            ticket.HasOne<Hosting>().WithMany().HasForeignKey(t => t.HostingId).OnDelete(DeleteBehavior.Cascade);
        });

        AttentionModel.Describe(builder);

        UseSnakeCase(builder);
    }

    private static void UseSnakeCase(ModelBuilder builder)
    {
        foreach (var entity in builder.Model.GetEntityTypes())
        {
            if (entity.IsMappedToJson())
                entity.SetContainerColumnName(Words.Snake(entity.GetContainerColumnName()!));
            else
            {
                foreach (var property in entity.GetProperties())
                    property.SetColumnName(Words.Snake(property.Name));
            }
        }
    }
}
