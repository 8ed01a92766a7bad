using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Web.Errors;
using WebHoster.Web.Paging;

namespace WebHoster.Web.Account;

/// <summary>Body of a new key.</summary>
/// <param name="Name">1-100 characters, for its owner to know it by.</param>
/// <param name="PublicKey">One OpenSSH line.</param>
public sealed record AddSshKeyRequest([property: Required] string? Name, [property: Required] string? PublicKey);

/// <summary>A key that may log in.</summary>
/// <param name="Type">Such as <c>ssh-ed25519</c>.</param>
/// <param name="Fingerprint">As <c>ssh-keygen -l</c> shows it.</param>
/// <param name="HostingId">The hosting that it came with and goes with; null where it opens all of its owner's machines.</param>
public sealed record SshKeyResource(
    Guid Id, string Name, string Type, string Fingerprint, string PublicKey, Guid? HostingId, DateTimeOffset CreatedAt)
{
    public static SshKeyResource Of(SshKey key) =>
        new(key.Id, key.Name, key.Type, key.Fingerprint, key.Line, key.HostingId, key.CreatedAt);
}

/// <summary><c>/api/v1/ssh-keys</c>: who may log in to the caller's machines.</summary>
public static class SshKeyApi
{
    private const string Path = "/ssh-keys";

    private static readonly Collection<SshKey> Listing = new Collection<SshKey>("created_at", Collection<SshKey>.MaxLimit)
        .Sort("created_at", k => k.CreatedAt, k => k.Id)
        .Sort("name", k => k.Name, k => k.Id);

    public static void MapSshKeyApi(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup(Path).WithTags("ssh-keys").ProducesProblem(StatusCodes.Status401Unauthorized);
        keys.MapGet("", ListAsync).WithName("listSshKeys").WithSummary("Your SSH keys, oldest first")
            .Pages<SshKey, SshKeyResource>(Listing);
        keys.MapPost("", AddAsync).WithName("addSshKey").WithSummary("Let another key log in to all of your machines")
            .Produces<Envelope<SshKeyResource>>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        keys.MapGet("/{id:guid}", GetAsync).WithName("getSshKey").WithSummary("One SSH key")
            .Produces<Envelope<SshKeyResource>>().ProducesProblem(StatusCodes.Status404NotFound);
        keys.MapDelete("/{id:guid}", RemoveAsync).WithName("removeSshKey").WithSummary("Let a key log in no more")
            .Produces<Envelope<SshKeyResource>>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Task<IResult> ListAsync(HttpContext context, WebHosterDb db)
    {
        var owner = context.User.UserId();
        return Listing.Ask(db.SshKeys.AsNoTracking().Where(k => k.OwnerId == owner), context.Request.Query).AnswerAsync(context, SshKeyResource.Of);
    }

    private static async Task<IResult> GetAsync(Guid id, HttpContext context, SshKeyRequests keys, CancellationToken ct) =>
        Results.Json(Envelope.Of(SshKeyResource.Of(await keys.GetAsync(context.User.UserId(), id, ct))));

    private static async Task<IResult> AddAsync(AddSshKeyRequest request, HttpContext context, SshKeyRequests keys, CancellationToken ct)
    {
        var key = await keys.AddAsync(context.User.UserId(), request.Name, request.PublicKey, context.From(), ct);
        context.Response.Headers.Location = $"/api/v1{Path}/{key.Id}";
        return Results.Json(
            Envelope.Of(SshKeyResource.Of(key), "Added. Running machines know it within seconds."), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RemoveAsync(Guid id, HttpContext context, SshKeyRequests keys, CancellationToken ct) =>
        Results.Json(Envelope.Of(
            SshKeyResource.Of(await keys.RemoveAsync(context.User.UserId(), id, context.From(), ct)),
            "Removed. Running machines forget it within seconds."));
}
