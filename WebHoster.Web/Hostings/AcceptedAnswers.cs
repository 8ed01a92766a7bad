using WebHoster.Core.Hostings;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Idempotency;

namespace WebHoster.Web.Hostings;

/// <summary>What a caller hears whose change of a hosting was accepted, at once or when they ask again.</summary>
public sealed class AcceptedAnswers(HostingQueries queries)
{
    /// <param name="privateKey">Only in the answer to the create that made it.</param>
    /// <param name="before">The hosting as it was before; null where nobody looked.</param>
    public async Task<IResult> ResultAsync(HttpContext context, Operation operation, string? privateKey = null, HostingView? before = null)
    {
        var location = Locations.Of(operation);
        context.Response.Headers.Location = location;
        if (privateKey is not null)
            context.Response.Headers.CacheControl = "no-store";
        // An engine that was quick may have deleted the row already: then it is as it was last seen, or there is only the operation to name.
        var now = await queries.FindAsync(context.User.UserId(), operation.HostingId, context.RequestAborted);
        var shown = now is not null ? HostingResource.Of(now) : before is not null ? HostingResource.Of(before) with { Status = HostingStatus.Deleting } : null;
        object data = shown is null ? new { OperationId = operation.Id } : shown with { OperationId = operation.Id, SshPrivateKey = privateKey };
        return Results.Json(Envelope.Of(data, $"Accepted. Follow {location} to see it done."), statusCode: StatusCodes.Status202Accepted);
    }
}
