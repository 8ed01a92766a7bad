using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.Data;

namespace WebHoster.Infrastructure.RunTime;

/// <summary>A setting as administrators see it.</summary>
/// <param name="Value">JSON, as are the next.</param>
/// <param name="Default">What the configuration says.</param>
/// <param name="ChangedAt">Null where it is the default.</param>
/// <param name="ChangedBy">Null where it is the default, or the person is gone.</param>
public sealed record SettingView(RunTimeSetting Setting, string Value, string Default, DateTimeOffset? ChangedAt, string? ChangedBy);

/// <summary>
/// The settings that can be changed while WebHoster runs. PostgreSQL has what was changed and announces it; each process looks again
/// within moments (<see cref="RunTimeWatch"/>), and whoever asks gets what holds now.
/// </summary>
public sealed class RunTimeSettings(
    IDbContextFactory<WebHosterDb> factory, RunTimeDefaults defaults, TimeProvider clock, ILogger<RunTimeSettings> logger)
{
    private const int SubjectLength = 500;

    private RunTimeValues _current = defaults.Values;

    public RunTimeValues Current => Volatile.Read(ref _current);

    public RunTimeValues Default => defaults.Values;

    /// <summary>They have been looked at again.</summary>
    public event Action<RunTimeValues>? Changed;

    public async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var values = (await db.StoredSettings.AsNoTracking().ToListAsync(ct)).Aggregate(defaults.Values, Apply);
        Volatile.Write(ref _current, values);
        Changed?.Invoke(values);
    }

    public async Task<IReadOnlyList<SettingView>> ListAsync(CancellationToken ct)
    {
        await using var db = await factory.CreateDbContextAsync(ct);
        var stored = await db.StoredSettings.AsNoTracking()
            .Select(s => new { Row = s, By = db.Users.Where(u => u.Id == s.ChangedBy).Select(u => u.UserName).FirstOrDefault() }).ToListAsync(ct);
        var values = stored.Select(s => s.Row).Aggregate(defaults.Values, Apply);
        return
        [
            .. from setting in RunTimeSetting.All
               let own = stored.FirstOrDefault(s => s.Row.Name == setting.Name)
               select new SettingView(setting, setting.Text(values), setting.Text(defaults.Values), own?.Row.ChangedAt, own?.By),
        ];
    }

    /// <exception cref="NotFoundException">There is no setting of this name.</exception>
    public async Task<SettingView> GetAsync(string name, CancellationToken ct)
    {
        var setting = RunTimeSetting.Get(name);
        return (await ListAsync(ct)).Single(v => v.Setting == setting);
    }

    /// <exception cref="NotFoundException">There is no setting of this name.</exception>
    /// <exception cref="InvalidInputException">It cannot have this value.</exception>
    public Task<SettingView> SetAsync(Guid actor, string name, JsonElement value, IPAddress? from, CancellationToken ct)
    {
        var setting = RunTimeSetting.Get(name);
        return ChangeAsync(actor, setting, setting.Text(setting.Write(defaults.Values, value)), from, ct);
    }

    /// <summary>From now on it is as the configuration says.</summary>
    /// <exception cref="NotFoundException">There is no setting of this name.</exception>
    public Task<SettingView> ResetAsync(Guid actor, string name, IPAddress? from, CancellationToken ct) =>
        ChangeAsync(actor, RunTimeSetting.Get(name), null, from, ct);

    /// <param name="value">Null for the default.</param>
    private async Task<SettingView> ChangeAsync(Guid actor, RunTimeSetting setting, string? value, IPAddress? from, CancellationToken ct)
    {
        await using (var db = await factory.CreateDbContextAsync(ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            // One change after the other: each tells truly what was before.
            await db.Database.ExecuteSqlAsync($"lock table run_time_settings in share row exclusive mode", ct);
            var stored = await db.StoredSettings.SingleOrDefaultAsync(s => s.Name == setting.Name, ct);
            var before = stored is null ? setting.Text(defaults.Values) : setting.Text(Apply(defaults.Values, stored));
            var now = clock.GetUtcNow();
            if (stored is not null && value is not null)
                (stored.Value, stored.ChangedAt, stored.ChangedBy) = (value, now, actor);
            else if (stored is not null)
                db.Remove(stored);
            else if (value is not null)
                db.Add(new StoredSetting(setting.Name, value, now, actor));
            var after = value ?? setting.Text(defaults.Values);
            if (before != after)
                db.Add(new AuditEntry(now, actor, "setting.change", $"{setting.Name}: {Difference(before, after)}", "succeeded", from));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        // The other processes hear of it; this one need not wait for that.
        await LoadAsync(ct);
        return await GetAsync(setting.Name, ct);
    }

    /// <summary>What was and what is; of lists, what has come and gone.</summary>
    private static string Difference(string before, string after)
    {
        var text = before.StartsWith('[') && JsonSerializer.Deserialize<string[]>(before) is { } old && JsonSerializer.Deserialize<string[]>(after) is { } now
            ? string.Join(", ", now.Except(old).Select(n => $"+{n}").Concat(old.Except(now).Select(n => $"-{n}"))) : $"{before} → {after}";
        return text.Length > SubjectLength ? text[..SubjectLength] + "…" : text;
    }

    private RunTimeValues Apply(RunTimeValues values, StoredSetting stored)
    {
        try
        {
            return RunTimeSetting.Get(stored.Name).Write(values, JsonSerializer.Deserialize<JsonElement>(stored.Value));
        }
        catch (Exception e) when (e is DomainException or JsonException)
        {
            // Another version wrote it.
            logger.LogWarning("The setting {Setting} in PostgreSQL is left aside: {Reason}", stored.Name, e.Message);
            return values;
        }
    }
}
