using System.Globalization;
using WebHoster.Core.Errors;

namespace WebHoster.Web.Paging;

/// <summary>Reads numbers from a query.</summary>
public static class QueryValues
{
    /// <exception cref="InvalidInputException">Not a whole number from <paramref name="least"/> to <paramref name="most"/>.</exception>
    public static int Whole(this IQueryCollection query, string name, int least, int most, int otherwise) =>
        (int)query.Whole(name, (long)least, most, otherwise);

    /// <exception cref="InvalidInputException">Not a whole number from <paramref name="least"/> to <paramref name="most"/>.</exception>
    public static long Whole(this IQueryCollection query, string name, long least, long most, long otherwise)
    {
        if (!query.TryGetValue(name, out var text))
            return otherwise;
        return long.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InvalidInputException(name, $"“{name}” is a whole number from {least} to {most}.");
    }
}
