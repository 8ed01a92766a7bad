using System.Buffers.Text;
using System.Text.Json;
using WebHoster.Core.Errors;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Paging;

/// <summary>Where a page ended, as an opaque word: the sort and the last row's place in it.</summary>
public static class Cursor
{
    private sealed record Content(string Sort, JsonElement Place);

    public static string Of(string sort, JsonElement place) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new Content(sort, place), ApiJson.Options));

    /// <exception cref="InvalidInputException">It is none, or comes from a list with another sort.</exception>
    public static IQueryable<T> After<T>(string cursor, string sort, Func<JsonElement, IQueryable<T>> after)
    {
        try
        {
            var content = JsonSerializer.Deserialize<Content>(Base64Url.DecodeFromChars(cursor), ApiJson.Options);
            if (content is { Place.ValueKind: JsonValueKind.Array } && content.Sort == sort && content.Place.GetArrayLength() == 2)
                return after(content.Place);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            // Said below.
        }
        throw new InvalidInputException("cursor", "The cursor is not from this list with this sort. Start again without it.");
    }
}
