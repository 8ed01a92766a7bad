using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace WebHoster.Tests.Fixtures;

/// <summary>Rung once, heard by everybody who listens; and once at first, as a watch on machines is.</summary>
internal sealed class Bell
{
    private readonly ConcurrentDictionary<Channel<bool>, bool> _listeners = new();

    public void Ring()
    {
        foreach (var listener in _listeners.Keys)
            listener.Writer.TryWrite(true);
    }

    public async IAsyncEnumerable<bool> ListenAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var rings = Channel.CreateUnbounded<bool>();
        _listeners[rings] = true;
        try
        {
            yield return true;
            await foreach (var ring in rings.Reader.ReadAllAsync(ct))
                yield return ring;
        }
        finally
        {
            _listeners.TryRemove(rings, out _);
        }
    }
}
