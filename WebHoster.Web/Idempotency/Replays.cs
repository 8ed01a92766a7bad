using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Hostings;

namespace WebHoster.Web.Idempotency;

/// <summary>Gives an answer again.</summary>
public sealed class Replays(HostingQueries queries, AcceptedAnswers accepted)
{
    public async Task WriteAsync(HttpContext context, IdempotencyRecord record)
    {
        var response = context.Response;
        response.Headers[IdempotencyKey.Replayed] = "true";
        if (record.Location is not null)
            response.Headers.Location = record.Location;
        if (record.Status is not { } status)
        {
            await (await MakeAsync(context, record.Location)).ExecuteAsync(context);
            return;
        }

        response.StatusCode = status;
        if (record.Body is not null)
        {
            response.ContentType = status < StatusCodes.Status400BadRequest ? "application/json; charset=utf-8" : Problem.ContentType;
            await response.WriteAsync(record.Body, context.RequestAborted);
        }
    }

    /// <summary>The program was killed between what was asked for and its answer: this one says what is there now.</summary>
    private async Task<IResult> MakeAsync(HttpContext context, string? location)
    {
        var made = Guid.TryParse(location?.Split('/')[^1], out var id) ? id : (Guid?)null;
        var isOperation = location?.StartsWith(Locations.Operations, StringComparison.Ordinal) == true;
        try
        {
            if (isOperation)
                return await accepted.ResultAsync(context, await queries.GetOperationAsync(context.User.UserId(), id, context.RequestAborted));
        }
        catch (NotFoundException)
        {
            // Another person's, and an administrator asked for it.
        }

        var status = isOperation ? StatusCodes.Status202Accepted : made is null ? StatusCodes.Status200OK : StatusCodes.Status201Created;
        return Results.Json(Envelope.Of(new { Id = made }, "This was done when you asked first."), statusCode: status);
    }
}
