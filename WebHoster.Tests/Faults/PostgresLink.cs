using System.Net;
using System.Net.Sockets;

namespace WebHoster.Tests.Faults;

/// <summary>One connection through the proxy, message by message.</summary>
/// <param name="note">Told the application's name and each statement; answers what is to happen now.</param>
internal sealed class PostgresLink(TcpClient client, Func<string?, string, Cut?> note)
{
    private readonly TcpClient _server = new();
    private readonly Dictionary<string, string> _prepared = [];
    private string? _application;
    private string? _parsed;
    private bool _inTransaction;
    private int _owed;
    private volatile bool _deaf;
    private TaskCompletionSource? _answered;

    public async Task RunAsync(IPEndPoint server, CancellationToken ct)
    {
        try
        {
            client.NoDelay = _server.NoDelay = true;
            await _server.ConnectAsync(server, ct);
            await Task.WhenAny(ForwardAsync(client.GetStream(), _server.GetStream(), ct), AnswerAsync(_server.GetStream(), client.GetStream(), ct));
        }
        catch (SocketException)
        {
            // The server is away.
        }
        finally
        {
            Cut();
        }
    }

    public void Cut()
    {
        client.Dispose();
        _server.Dispose();
    }

    private async Task ForwardAsync(NetworkStream from, NetworkStream to, CancellationToken ct)
    {
        for (var typed = false; await WireMessage.ReadAsync(from, typed, ct) is { } message;)
        {
            if (message.AsksForEncryption)
            {
                await from.WriteAsync("N"u8.ToArray(), ct);
                continue;
            }
            if (message.IsStart)
                (_application, typed) = (message.ApplicationName, true);
            var cut = StatementOf(message) is { } statement ? note(_application, Name(statement)) : null;
            if (cut is Faults.Cut.Before or Faults.Cut.Away)
                return;
            if (cut == Faults.Cut.After)
            {
                await FinishUnheardAsync(message, from, to, ct);
                return;
            }
            await SendAsync(message, to, ct);
        }
    }

    /// <summary>Lets the server come to the end of what was begun, and keeps its answer.</summary>
    private async Task FinishUnheardAsync(WireMessage message, NetworkStream from, NetworkStream to, CancellationToken ct)
    {
        _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _deaf = true;
        await SendAsync(message, to, ct);
        while (!message.EndsRequest && await WireMessage.ReadAsync(from, typed: true, ct) is { } next)
            await SendAsync(message = next, to, ct);
        if (Volatile.Read(ref _owed) > 0)
            await _answered.Task.WaitAsync(TimeSpan.FromSeconds(10), ct);
    }

    private Task SendAsync(WireMessage message, NetworkStream to, CancellationToken ct)
    {
        if (message.EndsRequest || message.IsStart)
            Interlocked.Increment(ref _owed);
        return to.WriteAsync(message.Bytes, ct).AsTask();
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream to, CancellationToken ct)
    {
        while (await WireMessage.ReadAsync(from, typed: true, ct) is { } message)
        {
            if (message.IsReady && Interlocked.Decrement(ref _owed) == 0 && _deaf)
                _answered!.TrySetResult();
            if (!_deaf)
                await to.WriteAsync(message.Bytes, ct);
        }
    }

    /// <summary>What a message has run: a prepared statement is run again by its name alone. A Bind behind its own Parse says nothing new.</summary>
    private string? StatementOf(WireMessage message)
    {
        if (message.Type == 'P')
            _prepared[_parsed = message.PreparedName] = message.Statement!;
        if (message.Type != 'B')
            return message.Statement;
        var (parsed, name) = (_parsed, message.PreparedName);
        _parsed = null;
        return name == parsed ? null : _prepared[name];
    }

    /// <summary>The first line says what it is; the lease's renewal by its timer is another thing than within a commit.</summary>
    private string Name(string statement)
    {
        var name = string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var within = _inTransaction;
        if (name.StartsWith("BEGIN", StringComparison.OrdinalIgnoreCase))
            _inTransaction = true;
        else if (name.StartsWith("COMMIT", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ROLLBACK", StringComparison.OrdinalIgnoreCase))
            _inTransaction = false;
        return within ? $"… {name}" : name;
    }
}
