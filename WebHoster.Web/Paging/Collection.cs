using System.Linq.Expressions;
using WebHoster.Core.Errors;

namespace WebHoster.Web.Paging;

/// <summary>What a list can be sorted and filtered by: <c>?limit=20&amp;sort=-created_at&amp;status=running&amp;cursor=…</c></summary>
/// <param name="usualSort">Where a caller does not say; with a minus for descending.</param>
public sealed class Collection<T>(string usualSort)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    private readonly Dictionary<string, Keyset<T>> _orders = [];
    private readonly Dictionary<string, Func<IQueryable<T>, string, IQueryable<T>>> _filters = [];
    private readonly List<QueryParameter> _filterParameters = [];

    /// <summary>For the API's description.</summary>
    public IEnumerable<QueryParameter> Parameters =>
    [
        new("limit", $"1 to {MaxLimit}; {DefaultLimit} where left out.", []),
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
    public Collection<T> Filter<TValue>(string name, Func<TValue, Expression<Func<T, bool>>> matches) where TValue : notnull
    {
        _filters.Add(name, (rows, text) => rows.Where(matches(FilterValue.Parse<TValue>(name, text))));
        _filterParameters.Add(new QueryParameter(name, "Only these.", FilterValue.Words<TValue>()));
        return this;
    }

    /// <exception cref="InvalidInputException">A parameter is wrong.</exception>
    public PageQuery<T> Ask(IQueryable<T> rows, IQueryCollection query)
    {
        var limit = query.Whole("limit", 1, MaxLimit, DefaultLimit);
        foreach (var (name, filter) in _filters)
        {
            if (query.TryGetValue(name, out var text))
                rows = filter(rows, text.ToString());
        }

        var sort = query.TryGetValue("sort", out var asked) ? asked.ToString() : usualSort;
        var descending = sort.StartsWith('-');
        if (!_orders.TryGetValue(sort[(descending ? 1 : 0)..], out var order))
            throw new InvalidInputException("sort", $"This list can be sorted by {string.Join(", ", _orders.Keys)}; a minus in front turns it round.");
        if (query.TryGetValue("cursor", out var cursor))
            rows = Cursor.After(cursor.ToString(), sort, place => order.After(rows, descending, place));
        return new PageQuery<T>(order.Order(rows, descending).Take(limit + 1), limit, row => Cursor.Of(sort, order.PlaceOf(row)));
    }
}

/// <summary>A parameter in the query, for the API's description.</summary>
/// <param name="Values">Empty where any will do.</param>
public sealed record QueryParameter(string Name, string Description, IReadOnlyList<string> Values);
