using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using WebHoster.Tests.Fixtures;

namespace WebHoster.Tests.Telemetry;

/// <summary>A span as it came over the wire.</summary>
internal sealed record ReceivedSpan(string Service, string Trace, string Id, string Parent, string Name);

/// <summary>The least that an OTLP collector is: takes spans by HTTP, in protobuf.</summary>
internal sealed class SpanReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpListener _listener = new();
    private readonly Channel<ReceivedSpan> _arriving = Channel.CreateUnbounded<ReceivedSpan>();
    private readonly List<ReceivedSpan> _spans = [];
    private readonly Task _serving;

    public SpanReceiver()
    {
        Url = $"http://127.0.0.1:{FreePorts.Next()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url { get; }

    public ConcurrentBag<string?> Authorizations { get; } = [];

    /// <summary>All that have come, once <paramref name="enough"/> says so.</summary>
    public async Task<IReadOnlyList<ReceivedSpan>> ReadAsync(Func<IReadOnlyList<ReceivedSpan>, bool> enough)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!enough(_spans))
            _spans.Add(await _arriving.Reader.ReadAsync(limit.Token));
        return _spans;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            Authorizations.Add(context.Request.Headers["Authorization"]);
            if (context.Request.Url!.AbsolutePath == "/v1/traces")
            {
                foreach (var span in SpansOf(body.ToArray()))
                    _arriving.Writer.TryWrite(span);
            }
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    // opentelemetry.proto.collector.trace.v1: resource_spans 1 { resource 1 { attributes 1 { key 1, value 2 { string_value 1 } } }, scope_spans 2 { spans 2 } }
    private static IEnumerable<ReceivedSpan> SpansOf(byte[] request) =>
        from resource in Fields(request, 1)
        let service = Fields(resource, 1).SelectMany(r => Fields(r, 1)).Where(a => Text(a, 1) == "service.name").Select(a => Text(Fields(a, 2).Single(), 1)).Single()
        from scope in Fields(resource, 2)
        from span in Fields(scope, 2)
        select new ReceivedSpan(service, Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5));

    private static string Text(byte[] message, int number) => Encoding.UTF8.GetString(Fields(message, number).FirstOrDefault() ?? []);

    private static string Hex(byte[] message, int number) => Convert.ToHexStringLower(Fields(message, number).FirstOrDefault() ?? []);

    /// <summary>The length-delimited fields of that number; the rest is passed over.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            switch (key & 7)
            {
                case 0: Varint(message, ref at); break;
                case 1: at += 8; break;
                case 5: at += 4; break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if ((int)(key >> 3) == number)
                        found.Add(message[at..(at + length)]);
                    at += length;
                    break;
                default: throw new InvalidDataException($"Wire type {key & 7}.");
            }
        }
        return found;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
