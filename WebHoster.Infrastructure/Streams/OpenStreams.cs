using Microsoft.Extensions.Options;
using WebHoster.Core.Streams;

namespace WebHoster.Infrastructure.Streams;

/// <summary>One stream that is open.</summary>
public sealed class OpenStream(Guid hostingId, StreamPurpose purpose, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(stopping);

    public Guid HostingId => hostingId;

    public StreamPurpose Purpose => purpose;

    /// <summary>Says that the stream has to end.</summary>
    public CancellationToken Ended => _end.Token;

    /// <summary>Why, for people; null while it may go on.</summary>
    public string? Reason { get; private set; }

    public void End(string reason)
    {
        Reason ??= reason;
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    public void Dispose() => _end.Dispose();
}

/// <summary>The worker's open streams: how many a hosting may have, and how they are ended from outside.</summary>
public sealed class OpenStreams(IOptions<StreamSettings> settings)
{
    private readonly Lock _lock = new();
    private readonly HashSet<OpenStream> _open = [];

    /// <summary>Hostings that have any.</summary>
    public IReadOnlyCollection<Guid> Hostings
    {
        get
        {
            lock (_lock)
                return [.. _open.Select(s => s.HostingId).Distinct()];
        }
    }

    /// <summary>Null where the hosting has as many as it may.</summary>
    public OpenStream? TryEnter(Guid hostingId, StreamPurpose purpose, CancellationToken stopping)
    {
        lock (_lock)
        {
            var alike = _open.Count(s => s.HostingId == hostingId && (s.Purpose == StreamPurpose.Files) == (purpose == StreamPurpose.Files));
            if (alike >= settings.Value.Limit(purpose))
                return null;
            var stream = new OpenStream(hostingId, purpose, stopping);
            _open.Add(stream);
            return stream;
        }
    }

    public void Leave(OpenStream stream)
    {
        lock (_lock)
        {
            _open.Remove(stream);
            stream.Dispose();
        }
    }

    public void End(Guid hostingId, string reason)
    {
        List<OpenStream> ending;
        lock (_lock)
            ending = [.. _open.Where(s => s.HostingId == hostingId)];
        foreach (var stream in ending)
            stream.End(reason);
    }
}
