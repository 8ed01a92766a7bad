namespace WebHoster.Web.Files;

/// <summary>Keys, as browsers name them.</summary>
public static class KeyNames
{
    public const string Escape = "Escape";
}
