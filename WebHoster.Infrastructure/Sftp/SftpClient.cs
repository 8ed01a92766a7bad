namespace WebHoster.Infrastructure.Sftp;

/// <summary>
/// The calls of SFTP version 3 that files need, one method each. Paths are the server's, absolute. Each throws
/// <see cref="SftpException"/> where the server refuses and <see cref="Core.Errors.HostException"/> where it is gone.
/// </summary>
public sealed class SftpClient(SftpSession session) : IAsyncDisposable
{
    private const int MaxName = 255, MaxNames = 100_000;

    /// <summary>Most bytes of one read or write: every server takes packets of 34,000 bytes, and OpenSSH's more than that.</summary>
    public const int MaxBlock = 32 << 10;

    private const uint ReadFlag = 1, WriteFlag = 2, CreateFlag = 8, ModeFlag = 4;

    public bool IsOpen => session.IsOpen;

    /// <summary>Absolute, without links, dots and doubled slashes. The last part need not exist on every server.</summary>
    public async Task<string> RealPathAsync(string path, CancellationToken ct) =>
        Names(await session.AskAsync(SftpType.RealPath, w => w.Text(path), ct)) is [var real, ..] ? real.Name : throw Broken();

    /// <summary>Of what a link leads to.</summary>
    public async Task<SftpAttributes> StatAsync(string path, CancellationToken ct) =>
        Attributes(await session.AskAsync(SftpType.Stat, w => w.Text(path), ct));

    /// <summary>Of a link itself.</summary>
    public async Task<SftpAttributes> LStatAsync(string path, CancellationToken ct) =>
        Attributes(await session.AskAsync(SftpType.LStat, w => w.Text(path), ct));

    /// <summary>Names of a folder, some at a time, without <c>.</c> and <c>..</c>. Whatever answers in the machine, they come to an end.</summary>
    public async IAsyncEnumerable<SftpEntry> ListAsync(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var handle = Handle(await session.AskAsync(SftpType.OpenDir, w => w.Text(path), ct));
        try
        {
            for (var left = MaxNames; left > 0 && await NextAsync(handle, ct) is { Count: > 0 } some; left -= some.Count)
            {
                // No file system has such a name.
                if (some.Any(e => e.Name.Length is 0 or > MaxName || e.Name.Contains('/')))
                    throw Broken();
                foreach (var entry in some.Where(e => e.Name is not ("." or "..")))
                    yield return entry;
            }
        }
        finally
        {
            await CloseAsync(handle);
        }
    }

    public async Task<SftpFile> OpenReadAsync(string path, CancellationToken ct) => await OpenAsync(path, ReadFlag, ct);

    /// <summary>Made where it is not there; what is in it stays.</summary>
    public async Task<SftpFile> OpenWriteAsync(string path, CancellationToken ct) => await OpenAsync(path, WriteFlag | CreateFlag, ct);

    /// <param name="mode">Permission bits alone.</param>
    public Task SetModeAsync(string path, uint mode, CancellationToken ct) =>
        session.AskAsync(SftpType.SetStat, w => w.Text(path).Number(ModeFlag).Number(mode), ct);

    public Task MakeFolderAsync(string path, CancellationToken ct) => session.AskAsync(SftpType.MakeDir, w => w.Text(path).Number(0), ct);

    public Task RemoveFileAsync(string path, CancellationToken ct) => session.AskAsync(SftpType.Remove, w => w.Text(path), ct);

    /// <summary>An empty one.</summary>
    public Task RemoveFolderAsync(string path, CancellationToken ct) => session.AskAsync(SftpType.RemoveDir, w => w.Text(path), ct);

    /// <summary>Refused where there is something under the new name.</summary>
    public Task RenameAsync(string from, string to, CancellationToken ct) => session.AskAsync(SftpType.Rename, w => w.Text(from).Text(to), ct);

    /// <summary>In one step, over whatever file is there. An extension of OpenSSH's.</summary>
    public Task ReplaceAsync(string from, string to, CancellationToken ct) =>
        session.AskAsync(SftpType.Extended, w => w.Text("posix-rename@openssh.com").Text(from).Text(to), ct);

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private async Task<SftpFile> OpenAsync(string path, uint flags, CancellationToken ct) =>
        new(session, Handle(await session.AskAsync(SftpType.Open, w => w.Text(path).Number(flags).Number(0), ct)));

    private async Task<IReadOnlyList<SftpEntry>> NextAsync(byte[] handle, CancellationToken ct)
    {
        try
        {
            return Names(await session.AskAsync(SftpType.ReadDir, w => w.Bytes(handle), ct));
        }
        catch (SftpException e) when (e.Status == SftpStatus.Eof)
        {
            return [];
        }
    }

    private async Task CloseAsync(byte[] handle)
    {
        try
        {
            await session.AskAsync(SftpType.Close, w => w.Bytes(handle), CancellationToken.None);
        }
        catch (Exception e) when (e is SftpException or Core.Errors.HostException)
        {
            // With the session all handles are gone.
        }
    }

    private static IReadOnlyList<SftpEntry> Names(SftpSession.Answer answer)
    {
        Expect(answer, SftpType.Name);
        var reader = new SftpReader(answer.Body.Span);
        var entries = new List<SftpEntry>();
        for (var count = reader.Number(); count > 0; count--)
        {
            var name = reader.Text();
            reader.Bytes(); // the line that ls would print
            entries.Add(new SftpEntry(name, reader.Attributes()));
        }
        return entries;
    }

    private static SftpAttributes Attributes(SftpSession.Answer answer)
    {
        Expect(answer, SftpType.Attributes);
        return new SftpReader(answer.Body.Span).Attributes();
    }

    private static byte[] Handle(SftpSession.Answer answer)
    {
        Expect(answer, SftpType.Handle);
        return new SftpReader(answer.Body.Span).Bytes().ToArray();
    }

    private static void Expect(SftpSession.Answer answer, SftpType type)
    {
        if (answer.Type != type)
            throw Broken();
    }

    private static Core.Errors.HostException Broken() => new("The machine's SFTP server answers with something else.");
}
