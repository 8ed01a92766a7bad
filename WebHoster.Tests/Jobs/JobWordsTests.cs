using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WebHoster.Infrastructure.Jobs;
using WebHoster.Web.Jobs;
using Xunit;

namespace WebHoster.Tests.Jobs;

[Trait("Category", "Unit")]
public sealed class JobWordsTests
{
    [Fact]
    public void EveryRecurringJobSaysWhatItDoes()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:Default", (string?)"Host=nowhere")]).Build();
        var jobs = new ServiceCollection().AddWebHosterWorker(configuration).Select(s => s.ServiceType == typeof(RecurringJob) ? s.ImplementationInstance : null)
            .OfType<RecurringJob>().ToList();
        Assert.Contains(jobs, j => j.Name == "back-up-database");
        Assert.All(jobs, j => Assert.True(JobWords.About(j.Name) != "", j.Name));
        // What failed on the jobs' page is an outcome that was written down.
        Assert.All(jobs, j => Assert.True(j.Type.IsSubclassOf(typeof(RecordedJob)), j.Name));
    }
}
