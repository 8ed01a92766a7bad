using System.ComponentModel.DataAnnotations;
using WebHoster.Core.Streams;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Streams;

/// <summary>Section <c>Streams</c>: console and files, from the worker through its socket to the portal.</summary>
public sealed class StreamSettings
{
    /// <summary>How long a ticket is good for, in seconds.</summary>
    [Range(1, 300, ErrorMessage = "Streams:TicketSeconds is 1-300.")]
    public int TicketSeconds { get; set; } = 20;

    /// <summary>Windows on one hosting's console at once.</summary>
    [Range(1, 100, ErrorMessage = "Streams:ConsolesPerHosting is 1-100.")]
    public int ConsolesPerHosting { get; set; } = 8;

    /// <summary>SFTP sessions that the portal may have in one hosting at once.</summary>
    [Range(1, 100, ErrorMessage = "Streams:FilesPerHosting is 1-100.")]
    public int FilesPerHosting { get; set; } = 4;

    /// <summary>A console on which nothing was said or typed for so long is closed, in seconds.</summary>
    [Range(1, 86400, ErrorMessage = "Streams:ConsoleIdleSeconds is 1-86400.")]
    public int ConsoleIdleSeconds { get; set; } = 3600;

    /// <summary>An SFTP session that nobody used for so long is closed, in seconds.</summary>
    [Range(1, 86400, ErrorMessage = "Streams:FilesIdleSeconds is 1-86400.")]
    public int FilesIdleSeconds { get; set; } = 120;

    public int Limit(StreamPurpose purpose) => purpose == StreamPurpose.Files ? FilesPerHosting : ConsolesPerHosting;

    public TimeSpan Idle(StreamPurpose purpose) => TimeSpan.FromSeconds(purpose == StreamPurpose.Files ? FilesIdleSeconds : ConsoleIdleSeconds);

    /// <summary>Its folder is passed by the portal's user alone, and gives the socket that user's group.</summary>
    public static string SocketOf(InstallSettings install) => Path.Combine(install.Run, "streams", "worker.sock");
}
