using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using WebHoster.Core.Errors;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>
/// Programs inside a running guest, through its qemu-guest-agent. The guest is a stranger: it may have no agent, or one that
/// answers anything.
/// </summary>
public sealed class GuestAgent(Virsh virsh)
{
    private const int MaxDetail = 2000;

    /// <summary>
    /// The guest itself ends the script after this. Shorter than a lease usually is, so that what a worker left behind in the guest does
    /// not come after what its successor does.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Runs a script as root, with one argument and a text on its standard input; returns when it has succeeded.</summary>
    /// <exception cref="HostException">No agent answers, or the script failed.</exception>
    public async Task RunScriptAsync(MachineFolder machine, string script, string argument, string input, CancellationToken ct)
    {
        var arguments = new JsonArray("-k", "1", $"{Limit.TotalSeconds:0}", "/bin/sh", "-c", script, "sh", argument);
        var started = await AskAsync<Started>(machine, "guest-exec", new JsonObject
        {
            ["path"] = "/usr/bin/timeout",
            ["arg"] = arguments,
            ["input-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(input)),
            ["capture-output"] = true,
        }, ct);
        // The agent tells of no end; it has to be asked.
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Limit + Limit; await Task.Delay(Pause, ct))
        {
            var status = await AskAsync<Status>(machine, "guest-exec-status", new JsonObject { ["pid"] = started.Pid }, ct);
            if (status is { Exited: true, Exitcode: 0 })
                return;
            if (status.Exited)
                throw new HostException("The machine refused a command from its host.", Shortened(status.ToString()));
        }
        throw new HostException("The machine did not end a command from its host.");
    }

    private async Task<T> AskAsync<T>(MachineFolder machine, string command, JsonObject arguments, CancellationToken ct) where T : class
    {
        var question = new JsonObject { ["execute"] = command, ["arguments"] = arguments };
        string answer;
        try
        {
            answer = await virsh.AgentCommandAsync(machine.DomainName, question.ToJsonString(Json), machine.LockFile, ct);
        }
        catch (HostException e)
        {
            throw new HostException("The machine's guest agent does not answer.", e.Message, e);
        }
        try
        {
            return JsonSerializer.Deserialize<Answer<T>>(answer, Json)?.Return
                ?? throw new HostException("The machine's guest agent answers with something else.", Shortened(answer));
        }
        catch (JsonException e)
        {
            throw new HostException("The machine's guest agent answers with something else.", Shortened(answer), e);
        }
    }

    private static string Shortened(string text) => text[..Math.Min(text.Length, MaxDetail)];

    private sealed record Answer<T>(T? Return);

    private sealed record Started([property: JsonRequired] long Pid);

    /// <param name="ErrData">Base64.</param>
    private sealed record Status([property: JsonRequired] bool Exited, int? Exitcode, string? ErrData);
}
