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
        var rule = resource.GetEndpoint()?.Metadata.GetMetadata<AccessRule>();
        if (rule is { SignedIn: true })
            return context.User.FindTokenId() is null ? null : "An API token cannot do this. Sign in at /api/v1/auth/login and use that token.";
        var looks = HttpMethods.IsGet(resource.Request.Method) || HttpMethods.IsHead(resource.Request.Method);
        var scope = rule?.Scope ?? (looks ? TokenScope.Read : TokenScope.Hosting);
        if (!context.User.HasScope(scope))
            return $"This token may not do this: it needs the scope “{scope.Word()}”.";
        return scope == TokenScope.Admin && !context.User.IsAdmin() ? "Only administrators may do this." : null;
    }
}

/// <summary>Under <c>/api</c>, a refusal says why; one at the administrators' door is written down.</summary>
public sealed class ExplainedRefusal(IDbContextFactory<WebHosterDb> factory, TimeProvider clock) : IAuthorizationMiddlewareResultHandler
{
    private const int MaxSubject = 200;

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
        await using var db = await factory.CreateDbContextAsync(context.RequestAborted);
        db.Add(new AuditEntry(
            clock.GetUtcNow(), context.User.FindUserId(), "admin.access", subject[..Math.Min(subject.Length, MaxSubject)], "refused", context.From()));
        await db.SaveChangesAsync(context.RequestAborted);
    }
}
