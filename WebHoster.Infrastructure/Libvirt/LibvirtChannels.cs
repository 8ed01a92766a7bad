using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Core.Ports;
using WebHoster.Infrastructure.CloudInit;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Libvirt;

/// <summary>The serial port that QEMU has as a UNIX socket, with its log beside it; files by the one place that spells ssh's flags.</summary>
public sealed class LibvirtChannels(
    GuestAgent agent, FilesKey key, IOptions<InstallSettings> install, IOptions<GuestSettings> guest) : IGuestChannels
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<Stream> OpenConsoleAsync(Guid machineId, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Patience);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Folder(machineId).ConsoleSocket), limit.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
                throw new HostException("The machine does not run.", e.Message, e);
            throw;
        }
    }

    public async Task<byte[]> ReadConsoleAsync(Guid machineId, int bytes, CancellationToken ct)
    {
        try
        {
            await using var log = new FileStream(
                Folder(machineId).ConsoleLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Seek(Math.Max(0, log.Length - bytes), SeekOrigin.Begin);
            var tail = new byte[bytes];
            return tail[..await log.ReadAtLeastAsync(tail, bytes, throwOnEndOfStream: false, ct)];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    public Task ResizeConsoleAsync(Guid machineId, int columns, int rows, CancellationToken ct) =>
        agent.RunScriptAsync(Folder(machineId), GuestConsole.ResizeScript, $"{rows} {columns}", "", ct);

    public async Task<Stream> OpenFilesAsync(Guid machineId, IPAddress address, CancellationToken ct)
    {
        await key.LineAsync(ct);
        var known = await KnownHostAsync(machineId, ct);
        return PipedProcess.Start("ssh",
        [
            "-F", "none", "-T", "-s", "-i", key.Path, "-p", guest.Value.SshPort.ToString(), "-l", guest.Value.User,
            // The host made the guest's host key, so there is no first use on which to trust another one.
            "-o", $"UserKnownHostsFile={known}", "-o", "GlobalKnownHostsFile=/dev/null", "-o", $"HostKeyAlias={Alias(machineId)}",
            "-o", "StrictHostKeyChecking=yes", "-o", "HostKeyAlgorithms=ssh-ed25519", "-o", "UpdateHostKeys=no",
            "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "PreferredAuthentications=publickey",
            "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=2", "-o", "LogLevel=ERROR",
            address.ToString(), "sftp",
        ]);
    }

    private async Task<string> KnownHostAsync(Guid machineId, CancellationToken ct)
    {
        var folder = Folder(machineId);
        var file = Path.Combine(folder.Path, "known_hosts");
        if (!File.Exists(folder.HostKey + ".pub"))
            throw new HostException("The machine is not ready yet.", $"{folder.HostKey}.pub is missing.");
        var line = $"{Alias(machineId)} {(await File.ReadAllTextAsync(folder.HostKey + ".pub", ct)).Trim()}\n";
        if (!File.Exists(file) || await File.ReadAllTextAsync(file, ct) != line)
        {
            var beside = $"{file}.{Guid.NewGuid():n}";
            await File.WriteAllTextAsync(beside, line, ct);
            File.Move(beside, file, overwrite: true);
        }
        return file;
    }

    private static string Alias(Guid machineId) => $"guest-{machineId}";

    private MachineFolder Folder(Guid id) => new(install.Value, id);
}
