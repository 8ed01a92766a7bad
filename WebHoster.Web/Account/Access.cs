using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Account;

/// <summary>What an endpoint asks of a caller beyond a token that counts.</summary>
/// <param name="Scope">Of an API token. Admin also asks for an administrator.</param>
/// <param name="SignedIn">No API token will do.</param>
internal sealed record AccessRule(TokenScope? Scope, bool SignedIn = false);

/// <summary>
/// Who may call what, said where endpoints are mapped. Unless an endpoint or its group says otherwise, looking (GET) needs the scope
/// read, everything else hosting.
/// </summary>
public static class Access
{
    public static T RequireScope<T>(this T endpoints, TokenScope scope) where T : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new AccessRule(scope));

    /// <summary>For what could make a token outlive or outgrow what it was made for: tokens, passwords.</summary>
    public static T RequireSignIn<T>(this T endpoints) where T : IEndpointConventionBuilder =>
        endpoints.WithMetadata(new AccessRule(null, SignedIn: true));
}

/// <summary>Checks the endpoint's rule.</summary>
public sealed class AccessRequirement : AuthorizationHandler<AccessRequirement, HttpContext>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement, HttpContext resource)
    {
        // An anonymous caller is another requirement's business: that is a 401.
        if (context.User.FindUserId() is null || Objection(context, resource) is not { } objection)
            context.Succeed(requirement);
        else
            context.Fail(new AuthorizationFailureReason(this, objection));
        return Task.CompletedTask;
    }

    private static string? Objection(AuthorizationHandlerContext context, HttpContext resource)
    {
        // A group's rule and its endpoint's both hold; of two scopes, the endpoint's.
        var rules = resource.GetEndpoint()?.Metadata.GetOrderedMetadata<AccessRule>() ?? [];
        if (rules.Any(r => r.SignedIn) && context.User.FindTokenId() is not null)
            return "An API token cannot do this. Sign in at /api/v1/auth/login and use that token.";
        var looks = HttpMethods.IsGet(resource.Request.Method) || HttpMethods.IsHead(resource.Request.Method);
        var scope = rules.Select(r => r.Scope).LastOrDefault(s => s is not null) ?? (looks ? TokenScope.Read : TokenScope.Hosting);
        if (!context.User.HasScope(scope))
            return $"This token may not do this: it needs the scope “{scope.Word()}”.";
        return scope == TokenScope.Admin && !context.User.IsAdmin() ? "Only administrators may do this." : null;
    }
}

/// <summary>Under <c>/api</c>, a refusal says why; one at the administrators' door is written down.</summary>
public sealed class ExplainedRefusal(IDbContextFactory<WebHosterDb> factory, TimeProvider clock, ILogger<ExplainedRefusal> logger) : IAuthorizationMiddlewareResultHandler
{
    private const int MaxSubject = 200;
    private const string Action = "admin.access";

    // What is only ever added to must not grow with how often somebody tries.
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var path = context.Request.Path;
        if (authorizeResult.Forbidden && (path.StartsWithSegments("/api/v1/admin") || path.StartsWithSegments("/admin")))
            await WriteDownAsync(context);
        if (authorizeResult.Forbidden && Start.Api.Answers(path) && authorizeResult.AuthorizationFailure?.FailureReasons.FirstOrDefault() is { } reason)
            await Problem.WriteAsync(context, StatusCodes.Status403Forbidden, reason.Message);
        else
            await _usual.HandleAsync(next, context, policy, authorizeResult);
    }

    private async Task WriteDownAsync(HttpContext context)
    {
        var subject = $"{context.Request.Method} {context.Request.Path.ToUriComponent()}";
        var (now, actor) = (clock.GetUtcNow(), context.User.FindUserId());
        var since = now - Grain;
        try
        {
            await using var db = await factory.CreateDbContextAsync(context.RequestAborted);
            if (await db.Audit.AnyAsync(a => a.ActorId == actor && a.Action == Action && a.At > since, context.RequestAborted))
                return;
            db.Add(new AuditEntry(now, actor, Action, subject[..Math.Min(subject.Length, MaxSubject)], "refused", context.From()));
            await db.SaveChangesAsync(context.RequestAborted);
        }
        catch (Exception e) when (e.IsDatabaseTrouble())
        {
            // It is refused all the same.
            logger.LogWarning("{Subject} was refused and not written down: {Reason}", subject, e.GetBaseException().Message);
        }
    }
}
