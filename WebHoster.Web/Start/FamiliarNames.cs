using Npgsql;

namespace WebHoster.Web.Start;

/// <summary>Environment variables by which people know such settings from elsewhere. Our own names win over them.</summary>
public static class FamiliarNames
{
    private static readonly (string Variable, string Key)[] Plain =
    [
        ("SECRET_KEY", "Jwt:Key"),
        ("VM_BRIDGE_NAME", "Network:Bridge"),
        ("VM_IMAGE_PATH", "Images:Path"),
    ];

    public static void AddFamiliarNames(this IConfigurationManager configuration)
    {
        var values = Plain
            .Select(p => KeyValuePair.Create(p.Key, Environment.GetEnvironmentVariable(p.Variable)))
            .Where(p => !string.IsNullOrEmpty(p.Value)).ToList();
        if (Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 } url)
            values.Add(new("ConnectionStrings:Default", ConnectionString(url)));
        configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = values });
    }

    /// <summary><c>postgres://user:password@host:port/database?option=value</c> as Npgsql spells it.</summary>
    /// <exception cref="SettingException">The text is not such a URL.</exception>
    public static string ConnectionString(string url)
    {
        // Python programs write the driver into the scheme: postgresql+asyncpg://…
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme.Split('+')[0] is not ("postgres" or "postgresql"))
            throw new SettingException("DATABASE_URL is not a postgres:// URL, such as postgres://user:password@localhost:5432/webhoster.");
        var user = uri.UserInfo.Split(':', 2);
        var text = new NpgsqlConnectionStringBuilder { Host = uri.Host, Port = uri.Port > 0 ? uri.Port : 5432 };
        if (user[0] != "")
            text.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2)
            text.Password = Uri.UnescapeDataString(user[1]);
        if (uri.AbsolutePath.Length > 1)
            text.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        try
        {
            foreach (var (key, value) in Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(uri.Query))
                text[key == "sslmode" ? "SSL Mode" : key] = value.ToString();
        }
        catch (ArgumentException e)
        {
            throw new SettingException($"DATABASE_URL has an option that is not known: {e.Message}");
        }

        return text.ConnectionString;
    }
}

/// <summary>A setting is missing or wrong; the message names its key and is all that a person gets to see.</summary>
public sealed class SettingException(string message) : Exception(message);
