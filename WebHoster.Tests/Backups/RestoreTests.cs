using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using WebHoster.Infrastructure.Backups;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Backups;

/// <summary>The real commands on a real portal's database: what was backed up comes back, row by row, and nothing else is ever harmed.</summary>
[Trait("Category", "Integration")]
public sealed class RestoreTests : IAsyncLifetime
{
    private readonly PortalFixture _portal = new();
    private Dictionary<string, string> _environment = [];

    private string File => Path.Combine(_portal.DataFolder, "a.backup");

    private string JwtKey => Path.Combine(_portal.DataFolder, "secrets", "jwt.key");

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        _environment = _portal.Environment();
        Write(JwtKey, "the key of the time");
        Write(Path.Combine(_portal.DataFolder, "keys", "key-1.xml"), "<key/>");
    }

    public async Task DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await ProgramAsync("restore", "--forget");
        await _portal.DisposeAsync();
    }

    [Fact]
    public async Task WhatWasBackedUpComesBackRowByRowAsOftenAsIsWanted()
    {
        var ada = await Person.AddAsync(_portal);
        (await ada.CreateHostingAsync()).EnsureSuccessStatusCode();
        await _portal.Engine.CreateAsync(ada.Name);
        Assert.Contains("bytes", (await ProgramAsync("backup", File)).Ok());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([File], Directory.GetFiles(_portal.DataFolder, "*.backup*"));
        var then = await FingerprintAsync();

        var eve = await Person.AddAsync(_portal);
        (await eve.CreateHostingAsync()).EnsureSuccessStatusCode();
        await _portal.Engine.EraseAsync(ada.Name);
        System.IO.File.Delete(JwtKey);
        Write(Path.Combine(_portal.DataFolder, "keys", "key-1.xml"), "<newer/>");
        await StopAsync();
        Assert.NotEqual(then, await FingerprintAsync());

        foreach (var round in new[] { 1, 2 })
        {
            var said = (await ProgramAsync("restore", File)).Ok();
            Assert.Contains("hostings: 1,", said);
            Assert.Contains("the former database is kept as", said);
            Assert.Equal(then, await FingerprintAsync());
            Assert.Equal(round, await CountAsync("_before_"));
            Assert.Equal(0, await CountAsync("_restore_"));
        }
        Assert.Equal("the key of the time", await System.IO.File.ReadAllTextAsync(JwtKey));
        Assert.Equal("<newer/>", await System.IO.File.ReadAllTextAsync(Path.Combine(_portal.DataFolder, "keys", "key-1.xml")));
        Assert.Equal(1, await _portal.Database.ScalarAsync<long>("select count(*) from audit_entries where action = 'database.restore'"));

        await _portal.StartAsync();
        Assert.Equal(ada.Name, (await (await ada.Http.GetAsync("auth/me")).DataAsync()).Text("username"));
        Assert.Equal("running", (await (await ada.Http.GetAsync("host/my")).DataAsync()).Text("status"));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await eve.Http.GetAsync("auth/me")).StatusCode);
        await StopAsync();
        Assert.Contains("removed: ", (await ProgramAsync("restore", "--forget")).Ok());
        Assert.Equal(0, await CountAsync("_before_"));
    }

    [Fact]
    public async Task ARestoreIsTakenBackAndThatTooIsTakenBack()
    {
        await Person.AddAsync(_portal);
        (await ProgramAsync("backup", File)).Ok();
        var then = await FingerprintAsync();
        await Person.AddAsync(_portal);
        await StopAsync();
        var before = await FingerprintAsync();
        Assert.Contains("is kept", (await ProgramAsync("restore", "--undo")).Error);

        (await ProgramAsync("restore", File)).Ok();
        foreach (var expected in new[] { before, then })
        {
            Assert.Contains("is the database again", (await ProgramAsync("restore", "--undo")).Ok());
            Assert.Equal(expected, await FingerprintAsync());
            Assert.Equal(1, await CountAsync("_before_"));
        }
    }

    [Fact]
    public async Task ARunningPortalKeepsItsDatabaseAndACheckDisturbsNobody()
    {
        await Person.AddAsync(_portal);
        (await ProgramAsync("backup", File)).Ok();
        await Person.AddAsync(_portal);
        var then = await FingerprintAsync();

        Assert.Contains("It can be restored", (await ProgramAsync("restore", "--check", File)).Ok());
        var refused = await ProgramAsync("restore", File);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("is in use", refused.Error);
        Assert.Equal(then, await FingerprintAsync());
        Assert.Equal(0, await CountAsync("_restore_") + await CountAsync("_before_"));
    }

    [Fact]
    public async Task WhatIsDamagedForeignOrNotWholeIsRefusedAndChangesNothing()
    {
        await Person.AddAsync(_portal);
        (await ProgramAsync("backup", File)).Ok();
        await Person.AddAsync(_portal);
        await StopAsync();
        var then = await FingerprintAsync();
        var whole = await System.IO.File.ReadAllBytesAsync(File);

        var changed = whole.ToArray();
        changed[whole.Length / 2] ^= 0xff;
        await RefusedAsync("checksum", changed);
        await RefusedAsync("cannot be read|is damaged", whole[..(whole.Length / 2)]);
        await RefusedAsync("no backup of WebHoster|cannot be read", "not a backup at all"u8.ToArray());

        var folder = Directory.CreateTempSubdirectory("webhoster-unpacked-").FullName;
        await System.IO.File.WriteAllBytesAsync(File, whole);
        var manifest = await BackupArchive.ReadAsync(File, folder, default);
        await RefusedAsync("not whole: users", manifest with { Rows = new Dictionary<string, long>(manifest.Rows) { ["users"] = 77 } }, folder);
        await RefusedAsync("newer version", manifest with { Migration = "29990101000000_Later" }, folder);
        await RefusedAsync("has format 2", manifest with { Format = 2 }, folder);
        Write(Path.Combine(_portal.DataFolder, "install-id"), Guid.NewGuid().ToString());
        await RefusedAsync("is of install", manifest, folder);
        Directory.Delete(folder, recursive: true);

        Assert.Equal(then, await FingerprintAsync());
        Assert.Equal(0, await CountAsync("_restore_") + await CountAsync("_before_"));
    }

    private async Task RefusedAsync(string why, Manifest manifest, string folder)
    {
        await BackupArchive.WriteAsync(File, manifest, manifest.Files.Keys.ToDictionary(name => name, name => Path.Combine(folder, name)), default);
        await RefusedAsync(why, await System.IO.File.ReadAllBytesAsync(File));
    }

    private async Task RefusedAsync(string why, byte[] content)
    {
        await System.IO.File.WriteAllBytesAsync(File, content);
        var refused = await ProgramAsync("restore", File);
        Assert.Equal(1, refused.ExitCode);
        Assert.Matches(why, refused.Error);
    }

    private Task<ShellResult> ProgramAsync(params string[] arguments) => Shell.RunAsync("dotnet", [PortalFixture.Program, .. arguments], _environment);

    private async Task StopAsync()
    {
        await _portal.StopAsync();
        NpgsqlConnection.ClearAllPools();
    }

    private async Task<long> CountAsync(string infix)
    {
        var count = await _portal.Database.ScalarAsync<long>(
            "select count(*) from pg_database where starts_with(datname, current_database() || @infix)", ("infix", infix));
        // A line of the tests' own would keep the next restore from the database.
        NpgsqlConnection.ClearAllPools();
        return count;
    }

    /// <summary>Of every row of every table that a backup has; who restored is no part of it.</summary>
    private async Task<string> FingerprintAsync()
    {
        await using var db = _portal.Database.NewContext();
        var tables = await db.Database.SqlQuery<string>(
            $"select tablename as \"Value\" from pg_tables where schemaname = 'public' and tablename not in ('stream_tickets', 'worker_reports') order by 1").ToListAsync();
        var parts = new List<string>();
        foreach (var table in tables)
        {
            parts.Add($"{table} {await _portal.Database.ScalarAsync<string>(
                $"select coalesce(md5(string_agg(t::text, ',' order by t::text)), '-') from \"{table}\" t where t::text not like '%database.restore%'")}");
        }
        NpgsqlConnection.ClearAllPools();
        return string.Join('\n', parts);
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
    }
}
