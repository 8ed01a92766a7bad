using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using WebHoster.Web.Operations;
using Xunit;

namespace WebHoster.Tests.Operations;

public sealed class EventStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<ServerEvent> _source = Channel.CreateUnbounded<ServerEvent>();
    private readonly Pipe _wire = new();
    private readonly CancellationTokenSource _stopping = new();

    [Fact]
    public async Task ASilentStreamSaysThatItIsThereAndLosesNoEventByIt()
    {
        var (reader, running) = Start(TimeSpan.FromMilliseconds(20));
        Assert.Equal(":", await reader.ReadLineAsync().WaitAsync(Patience));
        _source.Writer.TryWrite(new ServerEvent("log", "7", "{}"));
        _source.Writer.Complete();
        await running.WaitAsync(Patience);
        await _wire.Writer.CompleteAsync();
        Assert.Contains("event: log\ndata: {}\nid: 7\n\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task AStreamThatHasSomethingToSayNeedsNoHeartbeat()
    {
        _source.Writer.TryWrite(new ServerEvent("operation", "0", "{}"));
        _source.Writer.Complete();
        var (reader, running) = Start(Patience);
        await running.WaitAsync(Patience);
        await _wire.Writer.CompleteAsync();
        Assert.Equal("event: operation\ndata: {}\nid: 0\n\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task AProgramThatStopsEndsTheStream()
    {
        var (_, running) = Start(Patience);
        await _stopping.CancelAsync();
        await running.WaitAsync(Patience);
    }

    private (StreamReader Reader, Task Running) Start(TimeSpan heartbeat)
    {
        var context = new DefaultHttpContext();
        context.Response.Body = _wire.Writer.AsStream(leaveOpen: true);
        return (new StreamReader(_wire.Reader.AsStream()), new EventStream(EventsAsync, heartbeat, _stopping.Token).ExecuteAsync(context));
    }

    private async IAsyncEnumerable<ServerEvent> EventsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var item in _source.Reader.ReadAllAsync(ct))
            yield return item;
    }
}
