using System.Reflection;

namespace WebHoster.Infrastructure.Telemetry;

/// <summary>
/// Every metric there is. Of the whole install, read from PostgreSQL (<see cref="InstallFigures"/>); of each worker, which writes its
/// own down there (<see cref="WorkerReports"/>); and of the web process that answers.
/// </summary>
public static class Catalog
{
    private static readonly double[] Quick = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] Long = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200];

    // The install's.
    public static readonly Metric DatabaseUp = new("webhoster_database_up", MetricType.Gauge, "1 where PostgreSQL answers the process that is asked.");
    public static readonly Metric Operations = new("webhoster_operations_total", MetricType.Counter, "Operations that have ended.", "kind", "outcome");
    public static readonly Metric OperationSeconds = new(
        "webhoster_operation_duration_seconds", MetricType.Histogram, "From an operation's request to its end.", "kind", "outcome")
    { Bounds = Long };
    public static readonly Metric Steps = new("webhoster_operation_steps_total", MetricType.Counter, "Steps of operations that have ended.", "step", "outcome");
    public static readonly Metric StepSeconds = new(
        "webhoster_operation_step_duration_seconds", MetricType.Histogram, "From a step's first start to its end.", "step", "outcome")
    { Bounds = Long };
    public static readonly Metric Unfinished = new("webhoster_operations_unfinished", MetricType.Gauge, "Operations that have not ended.", "kind", "status");
    public static readonly Metric QueueDepth = new("webhoster_queue_depth", MetricType.Gauge, "Operations that no worker has begun.");
    public static readonly Metric QueueAge = new("webhoster_queue_oldest_seconds", MetricType.Gauge, "Age of the oldest operation that no worker has begun; 0 where there is none.");
    public static readonly Metric OldestUnfinished = new("webhoster_operation_oldest_seconds", MetricType.Gauge, "Age of the oldest operation that has not ended; 0 where there is none.");
    public static readonly Metric Hostings = new("webhoster_hostings", MetricType.Gauge, "Hostings by status and health.", "status", "health");
    public static readonly Metric Users = new("webhoster_users", MetricType.Gauge, "People with an account.");
    public static readonly Metric Slots = new("webhoster_slots", MetricType.Gauge, "Slots (SSH port, address) by state.", "state");
    public static readonly Metric ReservedMemory = new("webhoster_reserved_memory_bytes", MetricType.Gauge, "Memory that all hostings may use together.");
    public static readonly Metric ReservedCpus = new("webhoster_reserved_vcpus", MetricType.Gauge, "Virtual processors of all hostings together.");
    public static readonly Metric ReservedDisk = new("webhoster_reserved_disk_bytes", MetricType.Gauge, "Disk that all hostings may use together.");
    public static readonly Metric Workers = new("webhoster_workers", MetricType.Gauge, "Workers that have reported within the last half minute.");
    public static readonly Metric WorkerSeen = new("webhoster_worker_seen_timestamp_seconds", MetricType.Gauge, "When the worker last reported.", "worker");

    // Each worker's.
    public static readonly Metric Commands = new("webhoster_commands_total", MetricType.Counter, "Outside programs that were run.", "program", "outcome");
    public static readonly Metric CommandSeconds = new(
        "webhoster_command_duration_seconds", MetricType.Histogram, "How long an outside program took.", "program")
    { Bounds = Quick };
    public static readonly Metric NginxUp = new("webhoster_nginx_up", MetricType.Gauge, "1 where the instance's master process runs.", "nginx");
    public static readonly Metric NginxGeneration = new(
        "webhoster_nginx_generation_info", MetricType.Gauge, "1, with the generation that the instance was last seen to serve.", "nginx", "generation");
    public static readonly Metric NginxReloads = new("webhoster_nginx_reloads_total", MetricType.Counter, "Reloads, confirmed or not taken.", "nginx", "outcome");
    public static readonly Metric NginxReloadSeconds = new(
        "webhoster_nginx_reload_duration_seconds", MetricType.Histogram, "From a reload to its confirmation through the real port.", "nginx")
    { Bounds = Quick };
    public static readonly Metric NginxQuarantined = new("webhoster_nginx_quarantined_routes", MetricType.Gauge, "Routes that nginx is not given.");
    public static readonly Metric Drift = new("webhoster_drift_differences", MetricType.Gauge, "Differences between PostgreSQL and the host at the last sweep.", "kind");
    public static readonly Metric DriftChecked = new("webhoster_drift_checked_timestamp_seconds", MetricType.Gauge, "When the host was last compared with PostgreSQL.");
    public static readonly Metric HostMemory = new("webhoster_host_memory_bytes", MetricType.Gauge, "The host's memory.");
    public static readonly Metric HostMemoryFree = new("webhoster_host_memory_available_bytes", MetricType.Gauge, "Memory that programs on the host could still get.");
    public static readonly Metric HostCpus = new("webhoster_host_cpus", MetricType.Gauge, "The host's processors.");
    public static readonly Metric HostDisk = new("webhoster_host_disk_bytes", MetricType.Gauge, "Size of the file system of the data directory.");
    public static readonly Metric HostDiskFree = new("webhoster_host_disk_free_bytes", MetricType.Gauge, "What is free of it.");
    public static readonly Metric Backups = new("webhoster_backups_total", MetricType.Counter, "Backups of the database that the recurring job made.", "outcome");
    public static readonly Metric BackupAt = new("webhoster_backup_newest_timestamp_seconds", MetricType.Gauge, "When the newest backup in the folder was made; 0 where there is none.");
    public static readonly Metric BackupBytes = new("webhoster_backup_newest_bytes", MetricType.Gauge, "Size of the newest backup in the folder.");
    public static readonly Metric BackupWanted = new("webhoster_backup_enabled", MetricType.Gauge, "1 where the recurring job makes backups.");

    // The process's that answers.
    public static readonly Metric Build = new("webhoster_build_info", MetricType.Gauge, "1, with the program's version.", "version", "runtime");
    public static readonly Metric Requests = new("webhoster_http_requests_total", MetricType.Counter, "Requests to the portal.", "method", "route", "code");
    public static readonly Metric RequestSeconds = new(
        "webhoster_http_request_duration_seconds", MetricType.Histogram, "How long a request took; streams and circuits are left out.", "method", "route")
    { Bounds = Quick };
    public static readonly Metric Circuits = new("webhoster_circuits", MetricType.Gauge, "Pages that are open and connected (Blazor circuits).");
    public static readonly Metric ProcessCpu = new("process_cpu_seconds_total", MetricType.Counter, "Processor time of this process.");
    public static readonly Metric ProcessMemory = new("process_resident_memory_bytes", MetricType.Gauge, "Resident memory of this process.");
    public static readonly Metric ProcessStart = new("process_start_time_seconds", MetricType.Gauge, "When this process started.");
    public static readonly Metric ProcessFiles = new("process_open_fds", MetricType.Gauge, "Open file descriptors of this process.");

    /// <summary>All of them, in the order above.</summary>
    public static IReadOnlyList<Metric> All { get; } = [.. typeof(Catalog).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(f => f.FieldType == typeof(Metric)).Select(f => (Metric)f.GetValue(null)!)];

    public static Metric? Find(string name) => All.FirstOrDefault(m => m.Name == name);
}
