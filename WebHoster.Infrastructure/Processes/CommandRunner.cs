using System.Diagnostics;
using System.Runtime.CompilerServices;
using Medallion.Shell;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Settings;
using WebHoster.Infrastructure.Telemetry;

namespace WebHoster.Infrastructure.Processes;

/// <summary>What a tool answered.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public bool Ok => ExitCode == 0;
}

/// <summary>One call of an outside program: an argument list, never a shell's line.</summary>
/// <param name="Timeout">After it the tool is ended from outside, for a hung daemon is not bound by the tool's own limits.</param>
/// <param name="LockFile">
/// Held by the child itself, so that it outlives a killed worker: whoever comes next waits until the old child is gone.
/// </param>
public sealed record Command(string Program, IReadOnlyList<string> Arguments, TimeSpan Timeout, string? LockFile = null)
{
    public override string ToString() => string.Join(' ', [Program, .. Arguments.Select(Quoted)]);

    private static string Quoted(string argument) =>
        argument.Length > 0 && !argument.AsSpan().ContainsAny(" \t\n'\"\\$`") ? argument : $"'{argument.Replace("'", "'\\''")}'";
}

/// <summary>The one place that starts outside programs: <c>LC_ALL=C</c>, standard input closed, both streams drained.</summary>
public sealed class CommandRunner(IOptions<EngineSettings> engine, ILogger<CommandRunner> logger)
{
    private const int TimedOut = 124;
    private const int Killed = 137;

    /// <summary>Variables on top of this process's own; with a PATH, other tools of the same names.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <exception cref="HostException">The tool's exit code is not 0; the message carries its standard error.</exception>
    public async Task<string> RunAsync(Command command, CancellationToken ct = default)
    {
        var result = await TryAsync(command, ct);
        return result.Ok ? result.Output : throw Failure(command, result);
    }

    /// <summary>For callers to whom a non-zero exit is an answer.</summary>
    public async Task<CommandResult> TryAsync(Command command, CancellationToken ct = default)
    {
        command = Capped(command);
        Fence.Require();
        using var span = Traces.Begin(command);
        var watch = Stopwatch.StartNew();
        var process = Start(Line(command), command);
        // No cancellation of the child: half a virsh is worse than a late one, and timeout(1) bounds it.
        var ended = await process.Task.WaitAsync(ct);
        var result = new CommandResult(ended.ExitCode, ended.StandardOutput, ended.StandardError);
        Note(command, result, watch.Elapsed);
        span.End(result);
        // What follows an answer is an effect as well: a file is moved, a configuration switched.
        Fence.Require();
        logger.LogDebug("{Command} ended with {ExitCode} after {Milliseconds} ms", command, result.ExitCode, watch.ElapsedMilliseconds);
        return result;
    }

    /// <summary>Lines of standard output as they come, until the tool ends or <paramref name="ct"/> does, which ends the tool.</summary>
    public async IAsyncEnumerable<string> ReadLinesAsync(Command command, [EnumeratorCancellation] CancellationToken ct)
    {
        // Without timeout(1) around it: ended by a signal, that would leave the tool behind, and its end of the pipe open.
        // env(1) becomes the tool, found in the PATH that it is given.
        var process = Start(["env", command.Program, .. command.Arguments], command);
        await using var stop = ct.Register(process.Kill);
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            yield return line;
    }

    public static HostException Failure(Command command, CommandResult result)
    {
        var why = result.ExitCode is TimedOut or Killed
            ? $"gave no answer within {command.Timeout.TotalSeconds:0} s"
            : $"failed (exit code {result.ExitCode})";
        return new HostException(
            $"{command.Program} {why}. {LastLine(result.Error)}".TrimEnd(),
            $"{command}\nexit code {result.ExitCode}\n{result.Error.Trim()}");
    }

    private static void Note(Command command, CommandResult result, TimeSpan took)
    {
        var program = Path.GetFileName(command.Program);
        Tallies.Commands.Add(1, program, result.ExitCode switch { 0 => "ok", TimedOut or Killed => "timed-out", _ => "failed" });
        Tallies.CommandSeconds.Observe(took.TotalSeconds, program);
    }

    private Command Capped(Command command) =>
        command.Timeout.TotalSeconds <= engine.Value.CommandSeconds
            ? command : command with { Timeout = TimeSpan.FromSeconds(engine.Value.CommandSeconds) };

    private static string[] Line(Command command)
    {
        var seconds = (int)Math.Ceiling(command.Timeout.TotalSeconds);
        string[] line = ["timeout", "-k", "5", seconds.ToString(), command.Program, .. command.Arguments];
        return command.LockFile is { } file ? ["flock", "-w", seconds.ToString(), "-E", TimedOut.ToString(), file, .. line] : line;
    }

    private Medallion.Shell.Command Start(string[] line, Command command)
    {
        try
        {
            var process = Medallion.Shell.Command.Run(line[0], line[1..], options => options
                .EnvironmentVariables(Variables.Append(new("LC_ALL", "C"))).ThrowOnError(false).DisposeOnExit(true));
            process.StandardInput.Close();
            return process;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new HostException($"{line[0]} is not installed. Run ./webhoster doctor.", command.ToString(), e);
        }
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
}
