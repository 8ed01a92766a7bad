using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace WebHoster.Web.Grids;

/// <summary>
/// What a grid shows, as its address says: filters, order and page. So an address can be kept or sent to somebody, and the browser's way back
/// works. Spelt as the API spells it, with <c>page</c> and <c>size</c> besides.
/// </summary>
public sealed class GridState
{
    public const int UsualSize = 50;

    private const string PageName = "page", SizeName = "size", SortName = "sort";

    public static readonly IReadOnlyList<int> Sizes = [25, UsualSize, 100];

    private readonly string _path;
    private readonly string _usualSort;
    private readonly Dictionary<string, string> _values;

    private GridState(string path, string usualSort, Dictionary<string, string> values) => (_path, _usualSort, _values) = (path, usualSort, values);

    /// <param name="uri">Of the page, whole. What is left empty in it is left out.</param>
    public static GridState Of(string uri, string usualSort)
    {
        var address = new Uri(uri);
        var values = QueryHelpers.ParseQuery(address.Query).Where(q => q.Value.ToString().Trim() != "")
            .ToDictionary(q => q.Key, q => q.Value.ToString().Trim(), StringComparer.Ordinal);
        return new GridState(address.AbsolutePath, usualSort, values);
    }

    /// <summary>Empty where the address does not say.</summary>
    public string this[string name] => _values.GetValueOrDefault(name, "");

    /// <summary>From 1.</summary>
    public int Page => int.TryParse(this[PageName], NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 0 ? page : 1;

    public int Size => int.TryParse(this[SizeName], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && Sizes.Contains(size) ? size : UsualSize;

    /// <summary>With a minus for descending.</summary>
    public string Sort => this[SortName] is { Length: > 0 } sort ? sort : _usualSort;

    public bool IsFiltered => _values.Keys.Any(k => k is not (PageName or SizeName or SortName));

    /// <summary>What filters and orders, as a <c>Collection</c> reads it.</summary>
    public IQueryCollection Query => new QueryCollection(
        _values.Where(v => v.Key is not (PageName or SizeName or "limit" or "cursor")).ToDictionary(v => v.Key, v => new StringValues(v.Value)));

    /// <summary>Without any filter, in the same order.</summary>
    public string Unfiltered => AddressOf(_values.Where(v => v.Key is SizeName or SortName));

    /// <summary>The same with another value; null leaves it out. Another filter or order begins on its first page.</summary>
    public string With(string name, object? value)
    {
        var values = _values.Where(v => v.Key != PageName && v.Key != name).ToList();
        if (Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text && !(name == PageName && text == "1"))
            values.Add(KeyValuePair.Create(name, text));
        return AddressOf(values);
    }

    /// <summary>Sorted by a column; where it is already, the other way round.</summary>
    /// <param name="first">How it is sorted at first: with a minus, descending.</param>
    public string SortedBy(string first) => With(SortName, Sort == first ? Turned(first) : first);

    /// <summary>How assistive technology calls it; null where it is not sorted by this column.</summary>
    public string? Order(string column) => Sort == column ? "ascending" : Sort == $"-{column}" ? "descending" : null;

    /// <summary>What a form takes along: all but the page and what it has <paramref name="fields"/> for.</summary>
    public IEnumerable<KeyValuePair<string, string>> Beside(IEnumerable<string> fields) => _values.Where(v => v.Key != PageName && !fields.Contains(v.Key));

    private static string Turned(string sort) => sort.StartsWith('-') ? sort[1..] : $"-{sort}";

    private string AddressOf(IEnumerable<KeyValuePair<string, string>> values) =>
        QueryHelpers.AddQueryString(_path, values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value)));
}
