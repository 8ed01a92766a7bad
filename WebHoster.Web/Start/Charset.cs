using System.Text;
using Microsoft.Net.Http.Headers;

namespace WebHoster.Web.Start;

/// <summary>The charset of a body that is read as text.</summary>
public static class Charset
{
    /// <summary>
    /// Takes its quotes off, which HTTP allows and the framework's reader of JSON does not know; otherwise it throws, as for a charset that
    /// nobody knows, and the answer is a 500.
    /// </summary>
    /// <returns>False where no text in this charset can be read.</returns>
    public static bool TryTidy(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.Charset.HasValue)
            return true;
        try
        {
            type.Charset = Encoding.GetEncoding(HeaderUtilities.RemoveQuotes(type.Charset).ToString()).WebName;
        }
        // UTF-7 is known, and refused.
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
        request.ContentType = type.ToString();
        return true;
    }
}
