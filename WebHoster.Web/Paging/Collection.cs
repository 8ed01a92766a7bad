using System.Linq.Expressions;
using WebHoster.Core.Errors;

namespace WebHoster.Web.Paging;

/// <summary>What a list can be sorted and filtered by: <c>?limit=20&amp;sort=-created_at&amp;status=running&amp;cursor=…</c></summary>
/// <param name="usualSort">Where a caller does not say; with a minus for descending.</param>
/// <param name="usualLimit">Where a caller does not say.</param>
public sealed class Collection<T>(string usualSort, int usualLimit = Collection<T>.DefaultLimit)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>With a minus for descending.</summary>
    public string UsualSort => usualSort;

    private readonly Dictionary<string, Keyset<T>> _orders = [];
    private readonly Dictionary<string, Func<IQueryable<T>, string, IQueryable<T>>> _filters = [];
    private readonly List<QueryParameter> _filterParameters = [];

    /// <summary>For the API's description.</summary>
    public IEnumerable<QueryParameter> Parameters =>
    [
        new("limit", $"1 to {MaxLimit}; {usualLimit} where left out.", [], typeof(int)),
        new("cursor", "The page's next_cursor of the answer before.", []),
        new("sort", $"A minus in front turns it round; {usualSort} where left out.", [.. _orders.Keys.SelectMany(o => new[] { o, $"-{o}" })]),
        .. _filterParameters,
    ];

    /// <param name="column">Never null, and best with an index.</param>
    public Collection<T> Sort<TColumn, TId>(string name, Expression<Func<T, TColumn>> column, Expression<Func<T, TId>> id)
    {
        _orders.Add(name, new Keyset<T, TColumn, TId>(column, id));
        return this;
    }

    /// <typeparam name="TValue">An enum (its words), a Guid, a bool, a time, an address or a string.</typeparam>
    public Collection<T> Filter<TValue>(string name, Func<TValue, Expression<Func<T, bool>>> matches, string description = "Only these.")
        where TValue : notnull
    {
        _filters.Add(name, (rows, text) => rows.Where(matches(FilterValue.Parse<TValue>(name, text))));
        _filterParameters.Add(new QueryParameter(name, description, FilterValue.Words<TValue>(), typeof(TValue)));
        return this;
    }

    /// <exception cref="InvalidInputException">A parameter is wrong.</exception>
    public PageQuery<T> Ask(IQueryable<T> rows, IQueryCollection query)
    {
        var limit = query.Whole("limit", 1, MaxLimit, usualLimit);
        rows = Matching(rows, query);
        var (sort, descending, order) = OrderOf(query);
        if (query.TryGetValue("cursor", out var cursor))
            rows = Cursor.After(cursor.ToString(), sort, place => order.After(rows, descending, place));
        return new PageQuery<T>(order.Order(rows, descending).Take(limit + 1), limit, row => Cursor.Of(sort, order.PlaceOf(row)));
    }

    /// <summary>The page of that number.</summary>
    /// <exception cref="InvalidInputException">A parameter is wrong.</exception>
    public Task<NumberedPage<T>> ReadAsync(IQueryable<T> rows, IQueryCollection query, int number, int size, CancellationToken ct)
    {
        var matching = Matching(rows, query);
        var (_, descending, order) = OrderOf(query);
        return NumberedPage<T>.ReadAsync(matching, order, descending, number, size, ct);
    }

    private IQueryable<T> Matching(IQueryable<T> rows, IQueryCollection query)
    {
        foreach (var (name, filter) in _filters)
        {
            if (query.TryGetValue(name, out var text))
                rows = filter(rows, text.ToString());
        }
        return rows;
    }

    private (string Sort, bool Descending, Keyset<T> Order) OrderOf(IQueryCollection query)
    {
        var sort = query.TryGetValue("sort", out var asked) ? asked.ToString() : usualSort;
        var descending = sort.StartsWith('-');
        return _orders.TryGetValue(sort[(descending ? 1 : 0)..], out var order)
            ? (sort, descending, order)
            : throw new InvalidInputException("sort", $"This list can be sorted by {string.Join(", ", _orders.Keys)}; a minus in front turns it round.");
    }
}

/// <summary>A parameter in the query, for the API's description.</summary>
/// <param name="Values">Empty where any will do.</param>
/// <param name="Type">Null for a text.</param>
public sealed record QueryParameter(string Name, string Description, IReadOnlyList<string> Values, Type? Type = null);
