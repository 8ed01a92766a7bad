namespace WebHoster.Web.Languages;

/// <summary>Numbers as the reader's language writes them. Moments are the browser's business: <see cref="LocalTime"/>.</summary>
public static class Formats
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <param name="decimals">At most so many digits after the point.</param>
    public static string Number(this Texts texts, double number, int decimals = 0) =>
        number.ToString("#,0." + new string('#', decimals), texts.Culture);

    /// <param name="part">0 to 1.</param>
    public static string Percent(this Texts texts, double part) => part.ToString("0 %", texts.Culture).Replace(" ", "");

    /// <summary>In units of 1,024, as <c>ls -h</c> and most clouds count.</summary>
    public static string Bytes(this Texts texts, double bytes)
    {
        var unit = 0;
        for (; bytes >= 1000 && unit < Units.Length - 1; unit++)
            bytes /= 1024;
        return $"{texts.Number(bytes, unit > 0 && bytes < 9.95 ? 1 : 0)} {Units[unit]}";
    }

    /// <summary>How long something took, as people say it.</summary>
    public static string Duration(this Texts texts, TimeSpan time) => time.TotalSeconds switch
    {
        < 0 => texts["{0} s", 0],
        < 9.95 => texts["{0} s", time.TotalSeconds.ToString("0.0", texts.Culture)],
        < 59.5 => texts["{0} s", time.TotalSeconds.ToString("0", texts.Culture)],
        _ => texts["{0} min {1} s", (int)time.TotalMinutes, time.Seconds],
    };
}
