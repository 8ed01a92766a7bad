using System.Diagnostics;
using Xunit;

namespace WebHoster.Tests.Fixtures;

/// <summary>What an ordinary program said when it was run from outside.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Error)
{
    /// <summary>The output, where the program succeeded.</summary>
    public string Ok()
    {
        Assert.True(ExitCode == 0, $"Exit code {ExitCode}.\n{Output}\n{Error}");
        return Output.Trim();
    }
}

internal static class Shell
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(12);

    public static Task<ShellResult> RunAsync(string program, params string[] arguments) =>
        RunAsync(program, arguments, new Dictionary<string, string>());

    public static async Task<ShellResult> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ForgetSettings(start);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        // By events, not by reading to the end: services that the launcher leaves behind may hold the pipe open.
        var (output, error) = (new Lines(), new Lines());
        process.OutputDataReceived += (_, e) => output.Add(e.Data);
        process.ErrorDataReceived += (_, e) => error.Add(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(limit.Token);
        return new ShellResult(process.ExitCode, output.ToString(), error.ToString());
    }

    /// <summary>Another install's settings, should the tests have been started with any.</summary>
    public static void ForgetSettings(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(n => n.Contains("__") || n.StartsWith("WEBHOSTER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
    }

    private sealed class Lines
    {
        private readonly List<string> _lines = [];

        public void Add(string? line)
        {
            lock (_lines)
            {
                if (line is not null)
                    _lines.Add(line);
            }
        }

        public override string ToString()
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }
}
