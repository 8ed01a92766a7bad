using Microsoft.EntityFrameworkCore;

namespace WebHoster.Web.Paging;

/// <summary>A page of a list in which one can go to any page: for people. Scripts get pages that nothing moves (<see cref="PageQuery{T}"/>).</summary>
/// <param name="Total">Of all pages.</param>
/// <param name="Number">From 1; the last one where the list has become shorter.</param>
public sealed record NumberedPage<T>(IReadOnlyList<T> Rows, int Total, int Number, int Size)
{
    public static readonly NumberedPage<T> Empty = new([], 0, 1, 1);

    public int Pages => Math.Max(1, (Total + Size - 1) / Size);

    /// <summary>Of its first row in the whole list, from 1.</summary>
    public int From => (Number - 1) * Size + 1;

    public int To => From + Rows.Count - 1;

    /// <param name="matching">All that the filters leave.</param>
    public static async Task<NumberedPage<T>> ReadAsync(IQueryable<T> matching, Keyset<T> order, bool descending, int number, int size, CancellationToken ct)
    {
        var total = await matching.CountAsync(ct);
        var last = Math.Max(1, (total + size - 1) / size);
        var shown = Math.Min(number, last);
        return new NumberedPage<T>(await order.ReadAsync(matching, descending, (shown - 1) * size, size, ct), total, shown, size);
    }
}
