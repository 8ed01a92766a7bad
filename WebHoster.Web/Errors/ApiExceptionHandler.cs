using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Errors;

/// <summary>Turns exceptions under <c>/api</c> and <c>/streams</c> into problems. Pages go on to the error page.</summary>
public sealed partial class ApiExceptionHandler(ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    private const int RetryAfterSeconds = 30;

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        // The request's own path is the error page's by now.
        // Not by the implicit conversion, which unescapes what has been unescaped before.
        var path = context.Features.Get<IExceptionHandlerPathFeature>() is { } failed ? new PathString(failed.Path) : context.Request.Path;
        if (!Start.Api.Answers(path))
            return false;

        context.Request.Path = path;

        var (status, message, errors) = Describe(exception);
        if (status >= StatusCodes.Status500InternalServerError)
            logger.LogError(exception, "A request failed: {Detail}", (exception as HostException)?.Detail ?? exception.Message);
        if (status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
            context.Response.Headers.RetryAfter = $"{(exception as TooManyTriesException)?.Seconds ?? RetryAfterSeconds}";
        await Problem.WriteAsync(context, status, message, errors);
        return true;
    }

    /// <summary>Status, message and errors by field of an exception; unknown ones tell nothing of what is inside.</summary>
    public static (int Status, string? Message, IReadOnlyDictionary<string, string[]>? Errors) Describe(Exception exception) => exception switch
    {
        NotFoundException e => (StatusCodes.Status404NotFound, e.Message, null),
        ForbiddenException e => (StatusCodes.Status403Forbidden, e.Message, null),
        ConflictException e => (StatusCodes.Status409Conflict, e.Message, null),
        PreconditionException e => (StatusCodes.Status412PreconditionFailed, e.Message, null),
        CapacityException e => (StatusCodes.Status503ServiceUnavailable, e.Message, null),
        TooManyTriesException e => (StatusCodes.Status429TooManyRequests, e.Message, null),
        InvalidInputException e => (StatusCodes.Status400BadRequest, e.Message, e.Errors),
        HostException e => (StatusCodes.Status503ServiceUnavailable, e.Message, null),
        BadHttpRequestException { InnerException: JsonException json } => BadJson(json),
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } e => BadRequest(e),
        BadHttpRequestException e => (e.StatusCode, null, null),
        _ when exception.IsDatabaseAway() =>
            (StatusCodes.Status503ServiceUnavailable, "The database does not answer at the moment. Try again shortly.", null),
        _ => (StatusCodes.Status500InternalServerError, null, null),
    };

    private static (int, string?, IReadOnlyDictionary<string, string[]>?) BadJson(JsonException json)
    {
        var field = json.Path?.TrimStart('$', '.') is { Length: > 0 and < 100 } path ? path : "body";
        return Bad(field, field == "body" ? "The body is not valid JSON of the expected shape." : $"“{field}” has the wrong type of value.");
    }

    /// <summary>The framework tells which parameter it could not bind in its message alone.</summary>
    private static (int, string?, IReadOnlyDictionary<string, string[]>?) BadRequest(BadHttpRequestException e)
    {
        if (FailedParameter().Match(e.Message) is { Success: true } failed)
            return Bad(failed.Groups[1].Value, $"“{failed.Groups[1].Value}” has a value that it cannot have.");
        if (MissingParameter().Match(e.Message) is { Success: true } missing)
            return Bad(missing.Groups[1].Value, $"“{missing.Groups[1].Value}” is needed.");
        return Bad("body", e.Message.Contains("body", StringComparison.Ordinal) ? "A body is needed." : "The body cannot be read to its end.");
    }

    private static (int, string?, IReadOnlyDictionary<string, string[]>?) Bad(string field, string text) =>
        (StatusCodes.Status400BadRequest, text, new Dictionary<string, string[]> { [field] = [text] });

    [GeneratedRegex("^Failed to bind parameter \"[^\"]* (\\w+)\" from ")]
    private static partial Regex FailedParameter();

    [GeneratedRegex("^Required parameter \"[^\"]* (\\w+)\" was not provided from (?!body)")]
    private static partial Regex MissingParameter();
}
