using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Web.Acting;

/// <summary>While an administrator acts for somebody: which pages there are. Comes after the authorization.</summary>
public sealed class ActingGuard(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.User.FindActingId() is null || context.GetEndpoint()?.Metadata is not { } metadata
            || metadata.GetMetadata<ComponentTypeMetadata>() is not { } page || IsOpen(page.Type, metadata))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    // Administration stays what it is, and what needs nobody signed in tells nothing of anybody.
    private static bool IsOpen(Type page, EndpointMetadataCollection metadata) => OpenToActingAttribute.Is(page)
        || metadata.GetMetadata<IAllowAnonymous>() is not null || metadata.GetMetadata<IAuthorizeData>() is null
        || metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Roles == Roles.Admin);
}
