namespace WebHoster.Core.Alerts;

/// <summary>When a delivery is tried again: 5 s after the first try, twice as long after each, an hour at most; after a day it is given up.</summary>
public static class BackOff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <param name="tries">How often it has been tried.</param>
    /// <param name="since">When it was to be delivered first.</param>
    /// <returns>Null where it is time to give up.</returns>
    public static DateTimeOffset? Next(int tries, DateTimeOffset since, DateTimeOffset now)
    {
        if (now - since >= Patience)
            return null;
        var pause = First * Math.Pow(2, Math.Min(tries - 1, 20));
        return now + (pause < Longest ? pause : Longest);
    }
}
