using System.Net.Mime;
using System.Text.Json;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Account;

/// <summary><c>GET /account/data/download</c>: the same as the API's, as a file.</summary>
public static class PersonalDataFile
{
    private static readonly JsonSerializerOptions Readable = new(ApiJson.Options) { WriteIndented = true };

    public static void MapPersonalData(this IEndpointRouteBuilder app) =>
        app.MapGet("/account/data/download", async (HttpContext context, PersonalData data, CancellationToken ct) =>
        {
            var record = await data.TakeOutAsync(context.User.UserId(), context.From(), ct);
            context.Response.Headers.CacheControl = "no-store";
            return Results.File(JsonSerializer.SerializeToUtf8Bytes(record, Readable), MediaTypeNames.Application.Json, $"webhoster-{record.Account.Username}.json");
        }).RequireAuthorization().ExcludeFromDescription();
}
