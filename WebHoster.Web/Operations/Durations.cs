using System.Globalization;

namespace WebHoster.Web.Operations;

/// <summary>How long something took, as people say it.</summary>
public static class Durations
{
    public static string Text(TimeSpan time) => time.TotalSeconds switch
    {
        < 0 => "0 s",
        < 9.95 => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
        < 59.5 => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s",
        _ => $"{(int)time.TotalMinutes} min {time.Seconds} s",
    };
}
