namespace WebHoster.Core.Alerts;

/// <summary>
/// When a delivery is tried again: 5 s after the first try, twice as long after each, an hour at most; after a day of tries it is given up. Tries are
/// counted and not hours: what waited while its target was paused has not been tried.
/// </summary>
public static class BackOff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>With these pauses, in a day.</summary>
    private const int Most = 34;

    /// <param name="tries">How often it has been tried.</param>
    /// <returns>Null where it is time to give up.</returns>
    public static DateTimeOffset? Next(int tries, DateTimeOffset now)
    {
        if (tries >= Most)
            return null;
        var pause = First * Math.Pow(2, tries - 1);
        return now + (pause < Longest ? pause : Longest);
    }
}
