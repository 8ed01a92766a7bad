using System.Text.Json.Nodes;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Idempotency;

/// <summary>What an answer says once and nothing keeps.</summary>
public static class Secrets
{
    private static readonly HashSet<string> Names = ["ssh_private_key", "token", "reset_url", "secret"];

    /// <summary>The same JSON with its secrets null.</summary>
    public static string Without(string json)
    {
        var root = JsonNode.Parse(json);
        Hide(root);
        return root?.ToJsonString(ApiJson.Options) ?? "null";
    }

    private static void Hide(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
                Hide(item);
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToList())
            {
                if (Names.Contains(name))
                    members[name] = null;
                else
                    Hide(value);
            }
        }
    }
}
