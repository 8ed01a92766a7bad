using Microsoft.Extensions.Options;
using WebHoster.Infrastructure.Backups;
using WebHoster.Infrastructure.Settings;
using Xunit;

namespace WebHoster.Tests.Backups;

[Trait("Category", "Unit")]
public sealed class BackupFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("webhoster-backups-").FullName;
    private readonly BackupSettings _settings = new() { Keep = 2, Hour = 3 };

    private BackupFolder Folder => new(Options.Create(_settings), Options.Create(new InstallSettings { DataPath = _folder, Name = "wh" }));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TheNewestAreKeptAndWhatIsNotOursIsNeverTouched()
    {
        Folder.Prepare();
        foreach (var day in new[] { 1, 2, 3 })
            Touch(Folder.NameFor(At(day, 3)));
        var others = new[] { "webhoster-wh-by-hand.backup", "webhoster-other-20260101T030000Z.backup", "notes.txt" };
        foreach (var other in others)
            Touch(Path.Combine(Folder.Folder, other));

        Folder.Prune();

        Assert.Equal([At(3, 3), At(2, 3)], Folder.List().Select(f => f.CreatedAt));
        Assert.All(others, other => Assert.True(File.Exists(Path.Combine(Folder.Folder, other)), other));
    }

    [Fact]
    public void WhatAKilledRunLeftIsRemoved()
    {
        Folder.Prepare();
        Touch(Folder.NameFor(At(1, 3)) + ".part");
        Touch(Folder.NameFor(At(1, 3)) + ".dump");
        Folder.Prepare();
        Assert.Empty(Directory.GetFiles(Folder.Folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder.Folder));
    }

    [Fact]
    public void ItIsDueAtTheHourAndStaysSoUntilItIsMade()
    {
        var today = new DateTimeOffset(new DateTime(2026, 3, 10), TimeZoneInfo.Local.GetUtcOffset(new DateTime(2026, 3, 10)));
        Assert.True(Folder.IsDue(today));
        Folder.Prepare();
        Touch(Folder.NameFor(today.AddHours(-20)));
        Assert.False(Folder.IsDue(today.AddHours(2.9)));
        Assert.True(Folder.IsDue(today.AddHours(3.1)));
        Assert.True(Folder.IsDue(today.AddHours(23)));
        Touch(Folder.NameFor(today.AddHours(3.2)));
        Assert.False(Folder.IsDue(today.AddHours(23)));
        Assert.True(Folder.IsDue(today.AddDays(3)));
        _settings.Enabled = false;
        Assert.False(Folder.IsDue(today.AddDays(3)));
    }

    [Fact]
    public void NpgsqlsWordsAreToldInLibpqs()
    {
        var variables = PgTools.Variables("Host=db;Port=6543;Username=ada;Password=p w;Database=web;SSL Mode=VerifyFull;Root Certificate=/ca.pem");
        Assert.Equal(
            ("db", "6543", "ada", "p w", "web", "verify-full", "/ca.pem"),
            (variables["PGHOST"], variables["PGPORT"], variables["PGUSER"], variables["PGPASSWORD"], variables["PGDATABASE"], variables["PGSSLMODE"], variables["PGSSLROOTCERT"]));
        Assert.DoesNotContain("PGPASSWORD", PgTools.Variables("Host=/run/pg;Username=webhoster;Database=webhoster").Keys);
    }

    [Theory]
    [InlineData("secrets/../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("secrets/.hidden")]
    [InlineData("machines/disk.qcow2")]
    public void ABackupHoldsNothingFromElsewhere(string name) => Assert.False(BackupArchive.IsKnown(name));

    private static DateTimeOffset At(int day, int hour) => new(2026, 3, day, hour, 0, 0, TimeSpan.Zero);

    private static void Touch(string path) => File.WriteAllText(path, "");
}
