using WebHoster.Core.Alerts;
using WebHoster.Web.Languages;

namespace WebHoster.Web.Alerts;

/// <summary>Alerts and deliveries in few words; each is a key of <see cref="Texts"/>.</summary>
public static class AlertWords
{
    public static string Of(AlertKind kind) => kind switch
    {
        AlertKind.OperationFailed => Texts.Key("Operation failed"),
        AlertKind.DriftFound => Texts.Key("Drift"),
        AlertKind.WorkerGone => Texts.Key("Worker gone"),
        AlertKind.CapacityLow => Texts.Key("Capacity low"),
        AlertKind.DatabaseTrouble => Texts.Key("Database"),
        AlertKind.BackupFailed => Texts.Key("Backup failed"),
        AlertKind.OperationSlow => Texts.Key("Operation slow"),
        AlertKind.HostingUnwell => Texts.Key("Does not answer"),
        AlertKind.JobFailing => Texts.Key("Job failing"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Where something can be done about it; null where no page can.</summary>
    public static string? PageOf(Alert alert) => alert.Kind switch
    {
        AlertKind.OperationFailed or AlertKind.OperationSlow => $"/admin/operations/{alert.Subject}",
        AlertKind.DriftFound => "/admin/drift",
        AlertKind.WorkerGone or AlertKind.BackupFailed or AlertKind.JobFailing => "/admin/jobs",
        AlertKind.CapacityLow => "/admin",
        AlertKind.HostingUnwell => $"/admin/hostings/{alert.Subject}",
        _ => null,
    };

    public static string Of(AlertEvent about) => about switch
    {
        AlertEvent.Opened => Texts.Key("Opened"),
        AlertEvent.Resolved => Texts.Key("Resolved"),
        AlertEvent.Test => Texts.Key("Test"),
        _ => throw new ArgumentOutOfRangeException(nameof(about), about, null),
    };

    public static string Of(DeliveryStatus status) => status switch
    {
        DeliveryStatus.Waiting => Texts.Key("Waiting"),
        DeliveryStatus.Delivered => Texts.Key("Delivered"),
        DeliveryStatus.GivenUp => Texts.Key("Given up"),
        DeliveryStatus.CalledOff => Texts.Key("Called off"),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>CSS, as of <c>StatusLook</c>.</summary>
    public static string ToneOf(DeliveryStatus status) => status switch
    {
        DeliveryStatus.Delivered => "good",
        DeliveryStatus.GivenUp => "bad",
        DeliveryStatus.CalledOff => "calm",
        _ => "busy",
    };
}
