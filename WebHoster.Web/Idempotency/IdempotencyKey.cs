using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Idempotency;

/// <summary>The header by which a caller names a request, so that asking twice does it once.</summary>
public static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>In answers that were given before.</summary>
    public const string Replayed = "Idempotency-Replayed";

    /// <summary>True for every POST of the API but those under <c>auth</c>, which are asked again safely.</summary>
    public static bool IsHeeded(string? method, PathString path) => method is not null && HttpMethods.IsPost(method)
        && path.StartsWithSegments("/api/v1", out var rest) && !rest.StartsWithSegments("/auth");

    /// <summary>Null where the request has none, or none is heeded.</summary>
    /// <exception cref="InvalidInputException">It is not 1 to 255 visible ASCII characters.</exception>
    public static string? Of(HttpRequest request)
    {
        if (!IsHeeded(request.Method, request.Path) || !request.Headers.TryGetValue(Header, out var values))
            return null;
        return values is [{ Length: > 0 and <= IdempotencyRecord.MaxKeyLength } key] && key.All(c => c is > ' ' and <= '~')
            ? key
            : throw new InvalidInputException(Header, $"An {Header} has 1 to {IdempotencyRecord.MaxKeyLength} visible ASCII characters.");
    }
}
