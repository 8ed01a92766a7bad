using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Account;

/// <summary>How access tokens are checked: algorithm, issuer and audience are pinned, and the user must still be there.</summary>
public sealed class BearerSetup(SigningKeys keys, IOptions<JwtSettings> settings) : IConfigureNamedOptions<JwtBearerOptions>
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public void Configure(JwtBearerOptions options) => Configure(null, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidIssuer = settings.Value.Issuer,
            ValidAudience = settings.Value.Audience,
            // Only the key that the token names: none for a token that names none.
            IssuerSigningKeyResolver = (_, _, kid, _) => keys.Find(kid),
            TryAllIssuerSigningKeys = false,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = ClockSkew,
            NameClaimType = "name",
            RoleClaimType = "role",
        };
        options.Events = new JwtBearerEvents { OnMessageReceived = Take, OnTokenValidated = RefuseRevoked };
    }

    private static Task Take(MessageReceivedContext context)
    {
        context.Token = BearerText.Of(context.Request);
        return Task.CompletedTask;
    }

    private static async Task RefuseRevoked(TokenValidatedContext context)
    {
        var services = context.HttpContext.RequestServices;
        var caller = context.Principal?.FindUserId() is { } id
            ? await services.GetRequiredService<Callers>().FindAsync(id, context.HttpContext.RequestAborted) : null;
        if (caller is null || !context.Principal!.HasStamp(caller.Stamp))
            context.Fail("The token has been revoked.");
        else
            context.Principal = caller.ToPrincipal(context.Scheme.Name);
    }
}
