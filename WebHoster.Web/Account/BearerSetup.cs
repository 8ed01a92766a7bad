using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Account;

/// <summary>How access tokens are checked: algorithm, issuer and audience are pinned, and the user must still be there.</summary>
public sealed class BearerSetup(SigningKey key, IOptions<JwtSettings> settings) : IConfigureNamedOptions<JwtBearerOptions>
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
            IssuerSigningKey = key.Key,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = ClockSkew,
            NameClaimType = "name",
            RoleClaimType = "role",
        };
        options.Events = new JwtBearerEvents { OnMessageReceived = TakeFromQuery, OnTokenValidated = RefuseRevoked };
    }

    // A browser cannot set headers on a WebSocket, so the hub, and nothing else, takes the token from the query.
    private static Task TakeFromQuery(MessageReceivedContext context)
    {
        if (context.HttpContext.Request.Path.StartsWithSegments("/hubs"))
            context.Token ??= context.Request.Query["access_token"].FirstOrDefault();
        return Task.CompletedTask;
    }

    private static async Task RefuseRevoked(TokenValidatedContext context)
    {
        var id = context.Principal?.FindUserId();
        var factory = context.HttpContext.RequestServices.GetRequiredService<IDbContextFactory<WebHosterDb>>();
        await using var db = await factory.CreateDbContextAsync(context.HttpContext.RequestAborted);
        var stamp = await db.Users.Where(u => u.Id == id).Select(u => u.SecurityStamp).SingleOrDefaultAsync(context.HttpContext.RequestAborted);
        if (stamp is null || context.Principal!.FindFirst(AccessTokens.StampClaim)?.Value != AccessTokens.Digest(stamp))
            context.Fail("The token has been revoked.");
    }
}
