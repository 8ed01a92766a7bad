namespace WebHoster.Tests.Fixtures;

/// <summary>A portal that asks every second whether open sessions may go on.</summary>
public class QuickPortalFixture : PortalFixture
{
    protected override Dictionary<string, string> Settings => new(base.Settings) { ["Accounts__CheckSeconds"] = "1" };
}
