using System.Globalization;
using WebHoster.Web.Languages;

namespace WebHoster.Tests.Languages;

/// <summary>Somebody who reads a language.</summary>
internal static class Reader
{
    private static readonly Translations Known = new();

    public static Texts Of(string language)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        try
        {
            return new Texts(Known);
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
