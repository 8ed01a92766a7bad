using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.EntityFrameworkCore;

namespace WebHoster.Web.Paging;

/// <summary>Where a page is in its list.</summary>
/// <param name="NextCursor">Null on the last page.</param>
public sealed record PageInfo(int Limit, string? NextCursor);

/// <summary>What a list answers.</summary>
public sealed record PagedEnvelope<T>(bool Success, string Message, IReadOnlyList<T> Data, PageInfo Page);

/// <summary>One page, not yet read.</summary>
/// <param name="Rows">One more than the limit: that one tells that there is a next page.</param>
public sealed record PageQuery<T>(IQueryable<T> Rows, int Limit, Func<T, string> CursorOf)
{
    /// <returns>The page's rows, and the cursor of the next page; null on the last.</returns>
    public async Task<(IReadOnlyList<T> Rows, string? Next)> ReadAsync(CancellationToken ct)
    {
        var rows = await Rows.ToListAsync(ct);
        return ([.. rows.Take(Limit)], rows.Count > Limit ? CursorOf(rows[Limit - 1]) : null);
    }

    public async Task<IResult> AnswerAsync<TItem>(HttpContext context, Func<T, TItem> show)
    {
        var (rows, next) = await ReadAsync(context.RequestAborted);
        if (next is not null)
            context.Response.Headers.Link = $"<{Next(context.Request, next)}>; rel=\"next\"";
        return Results.Json(new PagedEnvelope<TItem>(true, "OK", [.. rows.Select(show)], new PageInfo(Limit, next)));
    }

    private static string Next(HttpRequest request, string cursor)
    {
        var others = request.Query.Where(q => q.Key != "cursor");
        return request.Path.ToUriComponent() + new QueryBuilder(others) { { "cursor", cursor } };
    }
}
