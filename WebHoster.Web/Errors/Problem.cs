using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace WebHoster.Web.Errors;

/// <summary>The one shape of a failure under <c>/api</c>: problem+json with <c>success</c> and <c>message</c> beside the standard members.</summary>
/// <param name="Errors">Messages by field, for bad input only.</param>
/// <param name="TraceId">Finds the request in the logs; only where something broke on our side.</param>
public sealed record Problem(
    string Type, string Title, int Status, string Detail, string Instance, bool Success, string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceId)
{
    public const string ContentType = "application/problem+json";

    public static Problem Of(
        HttpContext context, int status, string? message = null, IReadOnlyDictionary<string, string[]>? errors = null) =>
        Of(context.Request.Path.ToUriComponent(), status, message, errors) with
        {
            TraceId = status == StatusCodes.Status500InternalServerError ? context.TraceIdentifier : null,
        };

    /// <param name="instance">The path that was asked for.</param>
    public static Problem Of(string instance, int status, string? message = null, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        var text = message ?? Plain(status);
        return new Problem("about:blank", ReasonPhrases.GetReasonPhrase(status), status, text, instance, false, text, errors, null);
    }

    /// <summary>Sets the status code and writes the body.</summary>
    public static Task WriteAsync(
        HttpContext context, int status, string? message = null, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            Of(context, status, message, errors), ApiJson.Options, ContentType, context.RequestAborted);
    }

    /// <summary>What to say where nobody said anything better.</summary>
    public static string Plain(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request cannot be understood.",
        StatusCodes.Status401Unauthorized => "Sign in first: send a valid access token as Authorization: Bearer ….",
        StatusCodes.Status403Forbidden => "You are not allowed to do this.",
        StatusCodes.Status404NotFound => "There is nothing at this address.",
        StatusCodes.Status405MethodNotAllowed => "This address does not take that method.",
        StatusCodes.Status409Conflict => "It exists already, or its present state forbids this.",
        StatusCodes.Status412PreconditionFailed => "It has changed meanwhile. Look again, then decide.",
        StatusCodes.Status413PayloadTooLarge => "The request is too large.",
        StatusCodes.Status415UnsupportedMediaType => "This content type is not accepted here. Send application/json.",
        StatusCodes.Status416RangeNotSatisfiable => "The file has no such range of bytes.",
        StatusCodes.Status422UnprocessableEntity => "This Idempotency-Key came before with another request.",
        StatusCodes.Status429TooManyRequests => "Too many requests. Wait a moment and try again.",
        StatusCodes.Status500InternalServerError => "Something went wrong on our side. The trace id finds it in the logs.",
        StatusCodes.Status503ServiceUnavailable => "This is not available at the moment. Try again shortly.",
        _ => ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? $"{phrase}." : "The request failed.",
    };
}
