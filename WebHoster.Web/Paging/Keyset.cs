using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Paging;

/// <summary>An order of rows in which every row has a place of its own, so that “after this one” means the same whatever comes in meanwhile.</summary>
public abstract class Keyset<T>
{
    public abstract IQueryable<T> Order(IQueryable<T> rows, bool descending);

    /// <summary>So many rows after so many. Those that are skipped are passed over by their ids alone: a row may have parts that each cost a search.</summary>
    public abstract Task<List<T>> ReadAsync(IQueryable<T> rows, bool descending, int skip, int take, CancellationToken ct);

    /// <summary>The rows behind the one whose place this is.</summary>
    /// <exception cref="JsonException">It is no place in this order.</exception>
    public abstract IQueryable<T> After(IQueryable<T> rows, bool descending, JsonElement place);

    public abstract JsonElement PlaceOf(T row);
}

/// <param name="column">Never null.</param>
/// <param name="id">Orders rows whose columns are equal.</param>
public sealed class Keyset<T, TColumn, TId>(Expression<Func<T, TColumn>> column, Expression<Func<T, TId>> id) : Keyset<T>
{
    private readonly Func<T, (TColumn Column, TId Id)> _read = Reader(column.Compile(), id.Compile());

    public override IQueryable<T> Order(IQueryable<T> rows, bool descending) =>
        descending ? rows.OrderByDescending(column).ThenByDescending(id) : rows.OrderBy(column).ThenBy(id);

    public override async Task<List<T>> ReadAsync(IQueryable<T> rows, bool descending, int skip, int take, CancellationToken ct)
    {
        var ids = await Order(rows, descending).Select(id).Skip(skip).Take(take).ToListAsync(ct);
        Expression<Func<TId, bool>> isOnThePage = i => ids.Contains(i);
        var body = ReplacingExpressionVisitor.Replace(isOnThePage.Parameters[0], id.Body, isOnThePage.Body);
        return await Order(rows.Where(Expression.Lambda<Func<T, bool>>(body, id.Parameters[0])), descending).ToListAsync(ct);
    }

    public override IQueryable<T> After(IQueryable<T> rows, bool descending, JsonElement place)
    {
        var (last, lastId) = (Value<TColumn>(place[0]), Value<TId>(place[1]));
        // PostgreSQL compares whole rows, and finds the place in an index that begins with the column.
        Expression<Func<TColumn, TId, bool>> isBehind = descending
            ? (c, i) => EF.Functions.LessThan(ValueTuple.Create(c, i), ValueTuple.Create(last, lastId))
            : (c, i) => EF.Functions.GreaterThan(ValueTuple.Create(c, i), ValueTuple.Create(last, lastId));
        var row = column.Parameters[0];
        var rowId = ReplacingExpressionVisitor.Replace(id.Parameters[0], row, id.Body);
        var body = new ReplacingExpressionVisitor(isBehind.Parameters, [column.Body, rowId]).Visit(isBehind.Body);
        return rows.Where(Expression.Lambda<Func<T, bool>>(body, row));
    }

    public override JsonElement PlaceOf(T row)
    {
        var (value, own) = _read(row);
        return JsonSerializer.SerializeToElement(new object?[] { value, own }, ApiJson.Options);
    }

    private static Func<T, (TColumn, TId)> Reader(Func<T, TColumn> column, Func<T, TId> id) => row => (column(row), id(row));

    private static TValue Value<TValue>(JsonElement element) => element.Deserialize<TValue>(ApiJson.Options) switch
    {
        // PostgreSQL's driver takes no other offset.
        DateTimeOffset time when time.ToUniversalTime() is TValue utc => utc,
        string text when text.Contains('\0') => throw new JsonException("PostgreSQL's texts have no NUL."),
        { } value => value,
        null => throw new JsonException("A place has no nulls."),
    };
}
