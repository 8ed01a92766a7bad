using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.EndToEnd;

/// <summary>The chapter in which a new version comes, and one that is broken, with a visitor on a site and a person in a shell.</summary>
public sealed partial class HostingStoryTests
{
    [Fact, Chapter(8)]
    public async Task ANewVersionComesAndABrokenOneGoesWhileSitesAndShellsGoOn()
    {
        var releases = Directory.CreateTempSubdirectory("wh-releases-").FullName;
        try
        {
            using var visits = new Visitor(new Uri($"{install.SitesUrl}/owner/"));
            var shell = LiveInstall.SshAsync(await OwnerPortAsync(), install.OwnerKey, "echo begun; sleep 60; echo still here");

            var good = await ReleaseAsync("good");
            File.WriteAllText(Path.Combine(good, "release"), "good");
            Assert.Contains("The new version runs", (await install.WebhosterAsync("deploy", "--package", good)).Ok());
            Assert.Equal("good", File.ReadAllText(Path.Combine(install.Data, "app", "release")));
            Assert.True(Directory.EnumerateFiles(Path.Combine(install.Data, "backups")).Any());

            // It migrates, and its portal does not start.
            var broken = await ReleaseAsync("broken");
            File.WriteAllText(Path.Combine(broken, "Microsoft.AspNetCore.Authentication.JwtBearer.dll"), "no longer a program");
            var refused = await install.WebhosterAsync("deploy", "--package", broken);
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("going back to the one before", refused.Error);
            Assert.Equal("good", File.ReadAllText(Path.Combine(install.Data, "app", "release")));
            Assert.Equal(HttpStatusCode.OK, (await Browser.GetAsync($"{install.PortalUrl}/health/ready")).StatusCode);

            Assert.Contains("still here", (await shell).Ok());
            Assert.True(visits.Made > 50, $"only {visits.Made} visits");
            Assert.Empty(visits.Missed);
            await install.AssertFsckCleanAsync();
        }
        finally
        {
            Directory.Delete(releases, recursive: true);
        }

        async Task<string> ReleaseAsync(string name)
        {
            var folder = Path.Combine(releases, name);
            (await Shell.RunAsync("cp", "-a", Path.Combine(install.Data, "app"), folder)).Ok();
            return folder;
        }
    }

    /// <summary>Asks a site again and again, and notes what was no answer of its own.</summary>
    private sealed class Visitor : IDisposable
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
        private readonly CancellationTokenSource _end = new();
        private readonly Task _visits;
        private int _made;

        public Visitor(Uri site) => _visits = VisitAsync(site);

        public int Made => _made;

        public ConcurrentBag<string> Missed { get; } = [];

        public void Dispose()
        {
            _end.Cancel();
            _visits.Wait();
            _end.Dispose();
        }

        private async Task VisitAsync(Uri site)
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
            while (!_end.IsCancellationRequested)
            {
                var watch = Stopwatch.StartNew();
                try
                {
                    using var answer = await client.GetAsync(site);
                    if (answer.StatusCode != HttpStatusCode.OK)
                        Missed.Add($"{answer.StatusCode} after {watch.Elapsed}");
                }
                catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
                {
                    Missed.Add($"{e.Message} after {watch.Elapsed}");
                }
                _made++;
                await Task.Delay(Pause);
            }
        }
    }
}
