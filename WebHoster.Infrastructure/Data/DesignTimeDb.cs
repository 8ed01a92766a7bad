using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace WebHoster.Infrastructure.Data;

/// <summary>For <c>dotnet ef</c>, which needs the model and no database.</summary>
public sealed class DesignTimeDb : IDesignTimeDbContextFactory<WebHosterDb>
{
    public WebHosterDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<WebHosterDb>().UseNpgsql("Host=nowhere").Options);
}
