using System.Security.Cryptography;
using System.Text;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.RunTime;

namespace WebHoster.Web.Account;

/// <summary>
/// How often one name may be tried in a minute, from however many addresses. Names share a fixed number of counters, so that no flood of
/// invented ones takes memory; which of them share one nobody can foresee.
/// </summary>
public sealed class SignInLimits(RunTimeSettings settings, TimeProvider clock)
{
    private const int Counters = 1 << 16;

    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(32);

    /// <summary>Minute and count of each, in one word, so that a change is one exchange.</summary>
    private readonly long[] _counts = new long[Counters];

    /// <exception cref="TooManyTriesException">The name has had its share of this minute.</exception>
    public void Enter(string name)
    {
        var now = clock.GetUtcNow();
        var minute = now.ToUnixTimeSeconds() / 60;
        if (settings.Current.RateLimitsEnabled && !TryCount(ref CounterOf(name), minute))
        {
            throw new TooManyTriesException(
                "This account was tried too often just now. Wait a minute and try again.", DateTimeOffset.FromUnixTimeSeconds((minute + 1) * 60) - now);
        }
    }

    private ref long CounterOf(string name) =>
        ref _counts[BitConverter.ToUInt16(HMACSHA256.HashData(_salt, Encoding.UTF8.GetBytes(name)))];

    private bool TryCount(ref long counter, long minute)
    {
        while (true)
        {
            var seen = Volatile.Read(ref counter);
            var count = seen >> 32 == minute ? (int)seen : 0;
            if (count >= settings.Current.AccountPerMinute)
                return false;
            if (Interlocked.CompareExchange(ref counter, minute << 32 | (uint)(count + 1), seen) == seen)
                return true;
        }
    }
}
