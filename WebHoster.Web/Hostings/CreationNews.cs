using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;

namespace WebHoster.Web.Hostings;

/// <summary>Which operation has the dashboard's stage.</summary>
public static class CreationNews
{
    // How long an end is news to somebody who comes to the page later.
    private static readonly TimeSpan News = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The creation that is under way, or what undoes it once it was called off. Also a success while its hosting runs, and a failure:
    /// both while they are fresh and nothing else was asked for.
    /// </summary>
    public static Operation? Of(Overview overview, DateTimeOffset now) => overview.Creation switch
    {
        { IsUnfinished: true } creation => creation,
        { Status: OperationStatus.Cancelled } creation when overview.Newest is { Kind: OperationKind.Delete, IsUnfinished: true } undoing
            && undoing.HostingId == creation.HostingId => undoing,
        { Status: OperationStatus.Succeeded } creation when IsLast(overview, creation, now)
            && HostingOf(overview, creation) is { Status: HostingStatus.Running } => creation,
        { Status: OperationStatus.Failed } creation when IsLast(overview, creation, now) => creation,
        _ => null,
    };

    public static bool IsFresh(Operation operation, DateTimeOffset now) => operation.FinishedAt > now - News;

    /// <summary>Null where it is gone again.</summary>
    public static HostingView? HostingOf(Overview overview, Operation operation) => overview.Hostings.FirstOrDefault(h => h.Id == operation.HostingId);

    private static bool IsLast(Overview overview, Operation creation, DateTimeOffset now) =>
        IsFresh(creation, now) && overview.Newest?.Id == creation.Id;
}
