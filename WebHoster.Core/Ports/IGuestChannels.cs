using System.Net;

namespace WebHoster.Core.Ports;

/// <summary>
/// Byte streams into running guests. What comes out of one is a stranger's word: nothing here reads it. Errors are
/// <see cref="Errors.HostException"/>.
/// </summary>
public interface IGuestChannels
{
    /// <summary>The guest's serial line. It has room for one: a second caller would wait until the first has gone.</summary>
    Task<Stream> OpenConsoleAsync(Guid machineId, CancellationToken ct);

    /// <summary>What the serial line has said since the machine was started, at most its last <paramref name="bytes"/>.</summary>
    Task<byte[]> ReadConsoleAsync(Guid machineId, int bytes, CancellationToken ct);

    /// <summary>Tells the guest how large the window on its serial line is: the line itself cannot.</summary>
    Task ResizeConsoleAsync(Guid machineId, int columns, int rows, CancellationToken ct);

    /// <summary>
    /// An SFTP server in the guest, as the customer's user; closing the stream ends it. Reading throws where the guest refused.
    /// </summary>
    Task<Stream> OpenFilesAsync(Guid machineId, IPAddress address, CancellationToken ct);
}
