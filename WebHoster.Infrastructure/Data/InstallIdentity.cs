using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Infrastructure.Data;

/// <summary>
/// Who this install is: an id in PostgreSQL and the same in the data directory. A worker that finds two different ones
/// stops, for it would take another host's machines for strangers.
/// </summary>
public sealed class InstallIdentity(IDbContextFactory<WebHosterDb> factory, IOptions<InstallSettings> install)
{
    private Guid? _id;

    private string IdFile => Path.Combine(install.Value.DataPath, "install-id");

    /// <summary>The id from the data directory alone; null before the first start. For a purge without PostgreSQL.</summary>
    public Guid? FromFile => File.Exists(IdFile) && Guid.TryParse(File.ReadAllText(IdFile), out var id) ? id : null;

    /// <exception cref="HostException">The database belongs to another data directory.</exception>
    public async Task<Guid> GetAsync(CancellationToken ct)
    {
        if (_id is { } known)
            return known;
        await using var db = await factory.CreateDbContextAsync(ct);
        var id = await db.Installs.OrderBy(i => i.CreatedAt).Select(i => i.Id).FirstAsync(ct);
        if (FromFile is null)
            await File.WriteAllTextAsync(IdFile, $"{id}\n", ct);
        else if (FromFile != id)
            throw new HostException(
                $"The database belongs to install {id}, the directory {install.Value.DataPath} to {FromFile}. "
                + "Nothing was touched. Check ConnectionStrings:Default and Install:DataPath.");
        _id = id;
        return id;
    }
}
