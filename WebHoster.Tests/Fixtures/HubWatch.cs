using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>The example of docs/API.md, run by Node with Microsoft's own client: what it prints, line by line.</summary>
internal sealed partial class HubWatch : IAsyncDisposable
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"hub-{Guid.NewGuid():n}")).FullName;
    private readonly Process _process;

    private HubWatch(Uri portal, string token)
    {
        // Below the tests' own folder, where Node finds the package.
        var script = Path.Combine(_folder, "watch.mjs");
        File.WriteAllText(script, Example());
        var start = new ProcessStartInfo("node", [script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["PORTAL"], start.Environment["TOKEN"]) = (portal.ToString().TrimEnd('/'), token);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Hear(e.Data);
        _process.ErrorDataReceived += (_, e) => Hear(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Connected: what is committed from now on is heard.</summary>
    public static async Task<HubWatch> StartAsync(Uri portal, string token)
    {
        var watch = new HubWatch(portal, token);
        await watch.HearAsync("resync");
        return watch;
    }

    public static HubWatch Start(Uri portal, string token) => new(portal, token);

    /// <summary>The next line that contains <paramref name="words"/>; those before it are gone.</summary>
    public async Task<string> HearAsync(string words)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(45));
        var heard = new List<string>();
        try
        {
            while (true)
            {
                heard.Add(await _lines.Reader.ReadAsync(limit.Token));
                if (heard[^1].Contains(words, StringComparison.Ordinal))
                    return heard[^1];
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"“{words}” was not heard, but:\n{string.Join('\n', heard)}");
        }
    }

    /// <summary>What has been heard since, without waiting.</summary>
    public IReadOnlyList<string> Heard()
    {
        List<string> all = [];
        while (_lines.Reader.TryRead(out var line))
            all.Add(line);
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Hear(string? line)
    {
        if (line is not null)
            _lines.Writer.TryWrite(line);
    }

    private static string Example()
    {
        var block = ScriptBlock().Match(File.ReadAllText(Path.Combine(LiveInstall.Root(), "docs", "API.md")));
        Assert.True(block.Success, "The page has no example of the hub.");
        return block.Groups[1].Value;
    }

    [GeneratedRegex(@"```js\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ScriptBlock();
}
