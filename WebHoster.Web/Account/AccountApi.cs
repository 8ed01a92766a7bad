using System.ComponentModel.DataAnnotations;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Account;

/// <summary>Body of an account's deletion.</summary>
/// <param name="Confirm">The username.</param>
public sealed record DeleteAccountRequest([property: Required] string? Password, [property: Required] string? Confirm);

/// <summary>An account that is being deleted.</summary>
/// <param name="Hostings">How many are deleted first.</param>
public sealed record LeavingResource(string Username, int Hostings);

/// <summary><c>/api/v1/account</c>: what is kept about a person, and its deletion. Only for who has signed in.</summary>
public static class AccountApi
{
    public static void MapAccountApi(this IEndpointRouteBuilder api)
    {
        var account = api.MapGroup("/account").WithTags("account").RequireSignIn().ProducesProblem(StatusCodes.Status401Unauthorized);
        account.MapGet("/data", async (HttpContext context, PersonalData data, CancellationToken ct) =>
            Results.Json(Envelope.Of(await data.TakeOutAsync(context.User.UserId(), context.From(), ct))))
            .WithName("getMyData").WithSummary("Everything that is kept about you").Produces<Envelope<PersonalRecord>>();
        account.MapPost("/delete", DeleteAsync).WithName("deleteMyAccount").WithSummary("Delete your hostings, then your account")
            .Produces<Envelope<LeavingResource>>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static async Task<IResult> DeleteAsync(
        DeleteAccountRequest request, HttpContext context, Accounts accounts, AccountRemoval removal, PersonalData data, CancellationToken ct)
    {
        var about = await data.ReadAsync(context.User.UserId(), ct);
        if (request.Confirm != about.Account.Username)
            throw new InvalidInputException("confirm", $"This deletes everything you have here. To go on, send \"confirm\":\"{about.Account.Username}\".");
        await accounts.RequirePasswordAsync(about.Account.Id, request.Password, "password", context.From(), ct);
        await removal.RequestAsync(about.Account.Id, about.Account.Id, context.From(), ct);
        return Results.Json(
            Envelope.Of(new LeavingResource(about.Account.Username, about.Hostings.Count), "Accepted. Your hostings go first, then your account; you are signed out."),
            statusCode: StatusCodes.Status202Accepted);
    }
}
