using WebHoster.Core.Alerts;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.Alerts;

/// <summary>Something that needs attention just now.</summary>
/// <param name="Since">When it began, as far as that is known: an alert that was put aside after that stays aside.</param>
public sealed record AlertCondition(string Subject, string Words, DateTimeOffset Since);

/// <summary>One kind of things that may need attention, found by looking; what is not found any more is over.</summary>
public interface IAlertSource
{
    AlertKind Kind { get; }

    /// <summary>Whether this source would find that subject, if it were still so.</summary>
    bool Covers(string subject) => true;

    Task<IReadOnlyList<AlertCondition>> FindAsync(WebHosterDb db, DateTimeOffset now, CancellationToken ct);
}
