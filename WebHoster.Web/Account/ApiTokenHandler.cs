using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Accounts;

namespace WebHoster.Web.Account;

/// <summary>Lets in who shows an API token that is there, has not expired, and whose owner is not disabled.</summary>
public sealed class ApiTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder, Callers callers, TokenUse use)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
{
    public const string SchemeName = "ApiToken";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerText.Of(Request) is not { } text)
            return AuthenticateResult.NoResult();
        if (TokenText.Hash(text) is not { } hash || await callers.FindByTokenAsync(hash, Context.RequestAborted) is not { } caller)
            return AuthenticateResult.Fail("There is no such token, or it has expired.");
        use.Note(caller.Token!);
        var properties = new AuthenticationProperties { ExpiresUtc = caller.Token!.ExpiresAt };
        return AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(Scheme.Name), properties, Scheme.Name));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await base.HandleChallengeAsync(properties);
        Response.Headers.Append(HeaderNames.WWWAuthenticate, "Bearer error=\"invalid_token\"");
    }
}
