namespace WebHoster.Core.Streams;

/// <summary>What a stream is for: the console to work on, the console to look at, or the machine's SFTP server.</summary>
public enum StreamPurpose { Console, ConsoleView, Files }

/// <summary>
/// The right to one stream, once and soon. Who writes it has checked who owns the hosting; who takes it checks again, since minutes may
/// have gone by in between.
/// </summary>
public sealed class StreamTicket
{
    private StreamTicket() { }

    /// <param name="hash">SHA-256 of the ticket: who can read the table cannot use what is in it.</param>
    public StreamTicket(byte[] hash, StreamPurpose purpose, Guid hostingId, Guid ownerId, DateTimeOffset expiresAt) =>
        (Hash, Purpose, HostingId, OwnerId, ExpiresAt) = (hash, purpose, hostingId, ownerId, expiresAt);

    public byte[] Hash { get; private set; } = [];

    public StreamPurpose Purpose { get; private set; }

    public Guid HostingId { get; private set; }

    public Guid OwnerId { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }
}
