using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Files;
using WebHoster.Infrastructure.Processes;
using WebHoster.Infrastructure.Sftp;
using Xunit;

namespace WebHoster.Tests.Files;

/// <summary>A customer is root in the machine: what answers there need not be OpenSSH's server. It must not fill the portal's memory or hold a page for ever.</summary>
[Trait("Category", "Integration")]
public sealed class HostileSftpTests
{
    /// <summary>Has a folder for everything, in which one name comes again and again without an end.</summary>
    private const string Server =
        """
        import struct, sys
        source, sink, name = sys.stdin.buffer, sys.stdout.buffer, sys.argv[1].encode()
        def text(value): return struct.pack('>I', len(value)) + value
        def say(kind, body): sink.write(struct.pack('>IB', len(body) + 1, kind) + body); sink.flush()
        while len(head := source.read(5)) == 5:
            length, kind = struct.unpack('>IB', head)
            body = source.read(length - 1)
            ask, folder = body[:4], struct.pack('>II', 4, 0o40755)
            if kind == 1: say(2, struct.pack('>I', 3) + text(b'posix-rename@openssh.com') + text(b'1'))
            elif kind == 16: say(104, ask + struct.pack('>I', 1) + body[4:] + text(b'') + folder)
            elif kind in (7, 17): say(105, ask + folder)
            elif kind == 11: say(102, ask + text(b'handle'))
            elif kind == 12: say(104, ask + struct.pack('>I', 500) + (text(name) + text(b'') + folder) * 500)
            else: say(101, ask + struct.pack('>I', 0) + text(b'') + text(b''))
        """;

    [Theory]
    [InlineData(300, "x")]
    [InlineData(1, "a/b")]
    public async Task ANameThatNoFileHasIsRefused(int times, string name)
    {
        await using var sftp = await OpenAsync(string.Concat(Enumerable.Repeat(name, times)));
        var files = new GuestFiles(sftp, ["/root"], TimeProvider.System);
        await Assert.ThrowsAsync<HostException>(() => files.ListAsync("/root", default));
    }

    [Theory]
    [InlineData("again", GuestFiles.MaxListed)]
    [InlineData(".", 0)]
    public async Task AListThatNeverEndsIsCut(string name, int listed)
    {
        await using var sftp = await OpenAsync(name);
        var content = await new GuestFiles(sftp, ["/root"], TimeProvider.System).ListAsync("/root", default);
        Assert.Equal(listed, content.Files.Count);
    }

    private static async Task<SftpClient> OpenAsync(string name) =>
        new(await SftpSession.OpenAsync(PipedProcess.Start("python3", ["-c", Server, name]), default));
}
