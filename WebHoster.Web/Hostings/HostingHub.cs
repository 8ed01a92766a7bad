using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using WebHoster.Core.Accounts;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;
using WebHoster.Web.Operations;

namespace WebHoster.Web.Hostings;

/// <summary>What the hub pushes as <c>changed</c>.</summary>
/// <param name="Kind"><c>hosting</c>, <c>operation</c>, or <c>resync</c>: something may have been missed, ask the API again.</param>
/// <param name="Hosting">As it is now; null where it is gone.</param>
/// <param name="Operation">As it is now; null where the change is not an operation's.</param>
public sealed record HostingChanged(string Kind, Guid? HostingId, HostingResource? Hosting, OperationResource? Operation);

/// <summary>Live changes for clients other than our own pages, which read the feed themselves. Nothing can be called on it.</summary>
[Authorize(AccountRegistration.BearerOrCookie)]
public sealed class HostingHub(HubPresence presence, HostingBroadcast broadcast) : Hub
{
    public const string Path = "/hubs/hostings";

    public override Task OnConnectedAsync()
    {
        presence.Enter(Context);
        // Not awaited: it goes on for as long as the connection does.
        _ = broadcast.FollowAsync(Context);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        presence.Leave(Context);
        return Task.CompletedTask;
    }
}

/// <summary>Registration of the hub and of what feeds it.</summary>
public static class HostingHubRegistration
{
    public static void AddHostingHub(this IServiceCollection services)
    {
        services.AddSignalR().AddJsonProtocol(o => ApiJson.Apply(o.PayloadSerializerOptions));
        services.AddSingleton<HubPresence>();
        services.AddSingleton<HostingBroadcast>();
        services.AddHostedService<HubKeeper>();
    }

    // An expired token or cookie must not live on in an open connection; a revoked one is the keeper's business.
    public static void MapHostingHub(this IEndpointRouteBuilder app) =>
        app.MapHub<HostingHub>(HostingHub.Path, o => o.CloseOnAuthenticationExpiration = true).RequireScope(TokenScope.Read);
}
