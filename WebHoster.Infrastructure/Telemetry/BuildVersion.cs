namespace WebHoster.Infrastructure.Telemetry;

/// <summary>The program's version, as people see it.</summary>
public static class BuildVersion
{
    public static string Text { get; } = typeof(BuildVersion).Assembly.GetName().Version!.ToString(3);
}
