using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Idempotency;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Idempotency;

/// <summary>
/// Does what a POST with an <c>Idempotency-Key</c> asks for once, and repeats its answer for whoever asks again. What the request saves takes
/// its record along (see IdempotencyInterceptor), so that no endpoint has to know of this.
/// </summary>
public sealed class IdempotentPosts(RequestDelegate next, IdempotencyStore store, Replays replays, ILogger<IdempotentPosts> logger)
{
    private const string RetryAfterSeconds = "1";

    // Of this process; between processes the record's primary key decides.
    private readonly ConcurrentDictionary<(Guid, string), bool> _underWay = new();

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.User.FindUserId() is not { } owner || IdempotencyKey.Of(context.Request) is not { } key)
        {
            await next(context);
            return;
        }

        if (!_underWay.TryAdd((owner, key), true))
        {
            await SayUnderWayAsync(context);
            return;
        }

        try
        {
            await HandleAsync(context, new IdempotentRequest(owner, key, await HashAsync(context.Request), Locations.Of));
        }
        finally
        {
            _underWay.TryRemove((owner, key), out _);
        }
    }

    private async Task HandleAsync(HttpContext context, IdempotentRequest request)
    {
        if (await store.FindAsync(request.OwnerId, request.Key, context.RequestAborted) is not { } record)
            await DoAsync(context, request);
        else if (record.RequestHash.SequenceEqual(request.Hash))
            await replays.WriteAsync(context, record);
        else
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status422UnprocessableEntity,
                $"This {IdempotencyKey.Header} came before with another request. Take a new one for a new request.");
        }
    }

    private async Task DoAsync(HttpContext context, IdempotentRequest request)
    {
        var caller = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        IdempotentRequest.Current = request;
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is DomainException || IdempotencyStore.IsTaken(e))
        {
            if (request.IsRecorded)
            {
                // What was saved on the way to the refusal, such as an audit entry, is not what was asked for.
                await ForgetAsync(request);
                throw;
            }
            // Refused because another process is at the same request?
            if (await store.FindAsync(request.OwnerId, request.Key, context.RequestAborted) is null)
                throw;
            context.Response.Body = caller;
            await SayUnderWayAsync(context);
            return;
        }
        finally
        {
            IdempotentRequest.Current = null;
            context.Response.Body = caller;
        }

        await KeepAsync(context.Response, request, answer);
        answer.Position = 0;
        await answer.CopyToAsync(caller, context.RequestAborted);
    }

    private async Task KeepAsync(HttpResponse response, IdempotentRequest request, MemoryStream answer)
    {
        // What was refused and changed nothing may be asked again with the same key.
        if (response.StatusCode >= StatusCodes.Status500InternalServerError
            || (response.StatusCode >= StatusCodes.Status400BadRequest && !request.IsRecorded))
            return;
        try
        {
            var body = response.ContentType?.Contains("json", StringComparison.Ordinal) != true ? null : Secrets.Without(Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length));
            var location = response.Headers.Location.FirstOrDefault();
            // Also for a caller who has gone: they will ask again.
            await store.KeepAsync(request, response.StatusCode, location, body, CancellationToken.None);
        }
        catch (Exception e) when (e.IsDatabaseTrouble())
        {
            logger.LogWarning("An answer was not kept ({Reason}); whoever asks again gets one from what is there then", e.GetBaseException().Message);
        }
    }

    private async Task ForgetAsync(IdempotentRequest request)
    {
        try
        {
            await store.ForgetAsync(request, CancellationToken.None);
        }
        catch (Exception e) when (e.IsDatabaseTrouble())
        {
            logger.LogWarning("A refused request was not forgotten ({Reason}); whoever asks again is told that it was done", e.GetBaseException().Message);
        }
    }

    private static async Task<byte[]> HashAsync(HttpRequest request)
    {
        request.EnableBuffering();
        var body = await SHA256.HashDataAsync(request.Body, request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return SHA256.HashData([.. Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"), .. body]);
    }

    private static Task SayUnderWayAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Problem.WriteAsync(
            context, StatusCodes.Status409Conflict, $"The first request with this {IdempotencyKey.Header} is still under way. Ask again in a moment.");
    }
}
