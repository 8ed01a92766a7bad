using System.Security.Cryptography;
using WebHoster.Core.Errors;
using WebHoster.Core.Files;
using WebHoster.Infrastructure.Files;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Sftp;
using Xunit;

namespace WebHoster.Tests.Files;

/// <summary>Our SFTP client against OpenSSH's server, on a folder of the test.</summary>
[Trait("Category", "Integration")]
public sealed class GuestFilesTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("webhoster-files-").FullName;
    private SftpClient _sftp = null!;
    private GuestFiles _files = null!;

    public async Task InitializeAsync()
    {
        _sftp = new SftpClient(await SftpSession.OpenAsync(PipedProcess.Start("/usr/lib/openssh/sftp-server", []), default));
        _files = new GuestFiles(_sftp, [_root, "/home/nobody-here"], TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _sftp.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task AFolderShowsWhatIsInItAndNoUploadThatIsUnderWay()
    {
        await File.WriteAllTextAsync(At("한글 name.txt"), "12345");
        Directory.CreateDirectory(At("folder"));
        File.CreateSymbolicLink(At("link"), "/etc");
        await File.WriteAllTextAsync(PartName.Of(At("a"), Guid.NewGuid()), "young");
        var old = PartName.Of(At("b"), Guid.NewGuid());
        await File.WriteAllTextAsync(old, "old");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-25));

        var files = (await _files.ListAsync(_root, default)).Files.OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        Assert.Equal(["folder", "link", "한글 name.txt"], files.Select(f => f.Name));
        Assert.Equal([FileKind.Folder, FileKind.Link, FileKind.File], files.Select(f => f.Kind));
        Assert.Equal(5, files[2].Size);
        Assert.Equal(DateTime.UtcNow, files[2].ModifiedAt.UtcDateTime, TimeSpan.FromMinutes(1));
        Assert.False(File.Exists(old));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("/etc/passwd")]
    [InlineData("{root}-beside/x")]
    [InlineData("{root}/out/passwd")]
    public async Task WhatIsOutsideTheRootsIsNotReached(string path)
    {
        path = path.Replace("{root}", _root);
        File.CreateSymbolicLink(At("out"), "/etc");
        await Assert.ThrowsAsync<NotFoundException>(() => _files.ListAsync(path, default));
        await Assert.ThrowsAsync<NotFoundException>(() => _files.StatAsync(path, default));
        await Assert.ThrowsAsync<NotFoundException>(() => _files.UploadAsync(path + "-new", Guid.NewGuid(), default));
        await Assert.ThrowsAsync<NotFoundException>(() => _files.DeleteAsync(path, true, default));
        await Assert.ThrowsAsync<NotFoundException>(() => _files.RenameAsync(At("x"), path, default));
        Assert.True(File.Exists("/etc/passwd"));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("")]
    [InlineData("/a/../b")]
    [InlineData("/a/./b")]
    [InlineData("/a\0b")]
    public async Task ThatIsNoPath(string path) => await Assert.ThrowsAsync<InvalidInputException>(() => _files.ListAsync(path, default));

    [Fact]
    public async Task AnUploadIsInItsPlaceWhenItIsWholeAndNotBefore()
    {
        var content = RandomNumberGenerator.GetBytes(3_000_001);
        var path = At("big.bin");
        var upload = await _files.UploadAsync(path, Guid.NewGuid(), default);
        await Assert.ThrowsAsync<IOException>(() => upload.AddAsync(new CutStream(content.AsMemory(0, 1_500_000)), 0, default));
        Assert.False(File.Exists(path));
        Assert.Empty((await _files.ListAsync(_root, default)).Files);

        var received = await upload.ReceivedAsync(default);
        Assert.InRange(received, 1_000_000, 1_500_000);
        await Assert.ThrowsAsync<ConflictException>(() => upload.AddAsync(new MemoryStream(content), received + 1, default));
        await Assert.ThrowsAsync<ConflictException>(() => upload.FinishAsync(content.Length, "*", default));
        Assert.Equal(content.Length, await upload.AddAsync(new MemoryStream(content, (int)received, content.Length - (int)received), received, default));
        Assert.Equal(content.Length, (await upload.FinishAsync(content.Length, null, default)).Size);
        Assert.Equal(content, await File.ReadAllBytesAsync(path));
        Assert.Equal([path], Directory.GetFiles(_root));
    }

    [Fact]
    public async Task AFileIsReplacedOnlyWhereItIsStillTheOneThatWasExpectedAndKeepsItsPermissions()
    {
        var path = At("run.sh");
        await File.WriteAllTextAsync(path, "one");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var seen = await _files.StatAsync(path, default);
        await Assert.ThrowsAsync<PreconditionException>(() => PutAsync(path, "new", expected: null));
        await Assert.ThrowsAsync<PreconditionException>(() => PutAsync(At("gone"), "new", expected: seen.Tag));
        await PutAsync(path, "three", seen.Tag);
        await Assert.ThrowsAsync<PreconditionException>(() => PutAsync(path, "four", seen.Tag));
        Assert.Equal("three", await File.ReadAllTextAsync(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task AFileIsReadAsAWholeAndFromAnywhere()
    {
        var content = RandomNumberGenerator.GetBytes(2_500_003);
        await File.WriteAllBytesAsync(At("movie"), content);
        await using var stream = await _files.OpenAsync(await _files.StatAsync(At("movie"), default), default);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        Assert.Equal(content, copy.ToArray());
        stream.Seek(2_000_000, SeekOrigin.Begin);
        var piece = new byte[100_000];
        await stream.ReadExactlyAsync(piece);
        Assert.Equal(content[2_000_000..2_100_000], piece);
    }

    [Fact]
    public async Task WhatTheMachineRefusesIsARefusalInWords()
    {
        // Root without the right to read what is closed to root: what the customer's user is.
        await using var sftp = new SftpClient(await SftpSession.OpenAsync(
            PipedProcess.Start("setpriv", ["--bounding-set", "-dac_override,-dac_read_search", "/usr/lib/openssh/sftp-server"]), default));
        var files = new GuestFiles(sftp, [_root], TimeProvider.System);
        Directory.CreateDirectory(At("closed"));
        var upload = await files.UploadAsync(At("closed/x"), Guid.NewGuid(), default);
        File.SetUnixFileMode(At("closed"), UnixFileMode.None);
        Func<Task>[] requests =
        [
            () => upload.ReceivedAsync(default), () => upload.AbandonAsync(default), () => files.MakeFolderAsync(At("closed/y"), default),
            () => files.DeleteAsync(At("closed"), recursive: false, default), () => files.ListAsync(At("closed"), default),
        ];
        foreach (var request in requests)
            Assert.StartsWith("The machine does not allow this", (await Assert.ThrowsAsync<ConflictException>(request)).Message);
    }

    [Fact]
    public async Task FoldersAreMadeRenamedAndDeletedWithAllThatIsInThemButNotWhatLinksLeadTo()
    {
        var kept = Directory.CreateTempSubdirectory("webhoster-kept-").FullName;
        await File.WriteAllTextAsync(Path.Combine(kept, "precious"), "");
        await _files.MakeFolderAsync(At("a"), default);
        await Assert.ThrowsAsync<ConflictException>(() => _files.MakeFolderAsync(At("a"), default));
        Directory.CreateDirectory(At("a/b/c"));
        for (var i = 0; i < 250; i++)
            await File.WriteAllTextAsync(At($"a/b/{i}"), "");
        File.CreateSymbolicLink(At("a/out"), kept);
        await _files.RenameAsync(At("a"), At("z"), default);
        await File.WriteAllTextAsync(At("taken"), "");
        await Assert.ThrowsAsync<ConflictException>(() => _files.RenameAsync(At("z"), At("taken"), default));
        await Assert.ThrowsAsync<ConflictException>(() => _files.DeleteAsync(At("z"), recursive: false, default));
        Assert.Equal(254, await _files.DeleteAsync(At("z"), recursive: true, default));
        Assert.False(Directory.Exists(At("z")));
        Assert.True(File.Exists(Path.Combine(kept, "precious")));
        await Assert.ThrowsAsync<ConflictException>(() => _files.DeleteAsync(_root, recursive: true, default));
        await Assert.ThrowsAsync<ConflictException>(() => _files.RenameAsync(_root, At("x"), default));
        await Assert.ThrowsAsync<NotFoundException>(() => _files.StatAsync(At("nothing"), default));
        Directory.Delete(kept, recursive: true);
    }

    [Fact]
    public async Task AServerThatAnswersNonsenseOrNotAtAllIsAnErrorAndNothingHangs()
    {
        foreach (var script in new[] { "exit 1", "exit 0", "printf 'Welcome to my machine!'; cat >/dev/null", "printf '\\377\\377\\377\\377\\2'; cat >/dev/null" })
            await Assert.ThrowsAsync<HostException>(() => SftpSession.OpenAsync(PipedProcess.Start("sh", ["-c", script]), default));
        // A right greeting, and then an answer that claims to be longer than it is.
        await using var liar = await SftpSession.OpenAsync(
            PipedProcess.Start("sh", ["-c", "printf '\\0\\0\\0\\5\\2\\0\\0\\0\\3'; head -c 20 >/dev/null; printf '\\0\\0\\0\\11\\150\\0\\0\\0\\1\\177\\0\\0\\0'; cat >/dev/null"]), default);
        var files = new GuestFiles(new SftpClient(liar), ["/"], TimeProvider.System);
        await Assert.ThrowsAsync<HostException>(() => files.ListAsync("/", default));
    }

    private async Task PutAsync(string path, string text, string? expected)
    {
        var upload = await _files.UploadAsync(path, Guid.NewGuid(), default);
        var size = await upload.AddAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), 0, default);
        await upload.FinishAsync(size, expected, default);
    }

    private string At(string name) => Path.Combine(_root, name);

    /// <summary>A sender whose connection breaks.</summary>
    private sealed class CutStream(ReadOnlyMemory<byte> content) : MemoryStream(content.ToArray())
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var read and > 0 ? read : throw new IOException("The connection was cut.");
    }
}
