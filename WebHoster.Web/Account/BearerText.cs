using WebHoster.Core.Accounts;

namespace WebHoster.Web.Account;

/// <summary>The token of a request, be it a sign-in's or an API token.</summary>
public static class BearerText
{
    private const string Scheme = "Bearer ";

    /// <summary>Null where the request shows none.</summary>
    public static string? Of(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return header[Scheme.Length..].Trim();
        // A browser cannot set headers on a WebSocket, so the hub and the console, and nothing else, take the token from the query.
        return request.Path.StartsWithSegments("/hubs") || request.Path.StartsWithSegments("/streams/console") ? request.Query["access_token"].FirstOrDefault() : null;
    }

    public static bool IsApiToken(HttpRequest request) => Of(request)?.StartsWith(TokenText.Prefix, StringComparison.Ordinal) == true;
}
