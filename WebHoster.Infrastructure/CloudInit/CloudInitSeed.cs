using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using WebHoster.Core.Ports;
using WebHoster.Core.Slots;

namespace WebHoster.Infrastructure.CloudInit;

/// <summary>The three files that cloud-init's NoCloud source reads. Pure: the same input gives the same text.</summary>
/// <param name="UserData">JSON, which is YAML, so that nothing a person typed can change its structure.</param>
public sealed record CloudInitSeed(string UserData, string MetaData, string NetworkConfig)
{
    private const string WebRoot = "/var/www/html";

    /// <summary>The template gives it the web root, so that its members put files there without sudo.</summary>
    private const string WebGroup = "web";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        // Raw UTF-8: cloud-init reads this as YAML, to which JSON's surrogate pairs are two broken characters.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="hostKey">The guest's ed25519 host key, made by the host: generating keys under emulation takes seconds.</param>
    public static CloudInitSeed For(MachineSpec spec, GuestSeed seed, (string Private, string Public) hostKey, SlotPlan plan)
    {
        var userData = new JsonObject
        {
            ["hostname"] = spec.Slug,
            ["users"] = new JsonArray(new JsonObject
            {
                ["name"] = seed.User,
                ["gecos"] = spec.Slug,
                ["shell"] = "/bin/bash",
                ["groups"] = new JsonArray("sudo", WebGroup),
                ["sudo"] = "ALL=(ALL) NOPASSWD:ALL",
                ["lock_passwd"] = true,
            }),
            ["disable_root"] = true,
            ["ssh_deletekeys"] = true,
            ["ssh_keys"] = new JsonObject { ["ed25519_private"] = hostKey.Private, ["ed25519_public"] = hostKey.Public },
            ["ssh_genkeytypes"] = new JsonArray(),
            // The page comes last: some images write files before they add users, and stop at the first unknown owner.
            ["write_files"] = new JsonArray(
                File(GuestKeys.SshdFile, GuestKeys.SshdLine + "\n", "0644", "root:root"),
                File(GuestKeys.FileOf(seed.User), GuestKeys.TextOf(seed), "0644", "root:root"),
                File(GuestConsole.SettingFile, GuestConsole.SettingOf(seed.User), "0644", "root:root"),
                File($"{WebRoot}/index.html", seed.WelcomePage, "0664", $"{seed.User}:{WebGroup}")),
        };
        var metaData = new JsonObject
        {
            ["instance-id"] = $"{spec.Id}.{spec.Generation}",
            ["local-hostname"] = spec.Slug,
        };
        var network = new JsonObject
        {
            ["version"] = 2,
            ["ethernets"] = new JsonObject
            {
                ["eth0"] = new JsonObject
                {
                    ["match"] = new JsonObject { ["macaddress"] = spec.Mac },
                    ["addresses"] = new JsonArray($"{spec.Address}/{plan.Subnet.PrefixLength}"),
                    ["routes"] = new JsonArray(new JsonObject { ["to"] = "0.0.0.0/0", ["via"] = plan.Gateway.ToString() }),
                    ["nameservers"] = new JsonObject { ["addresses"] = new JsonArray(plan.Gateway.ToString()) },
                    ["dhcp4"] = false,
                    ["dhcp6"] = false,
                },
            },
        };
        return new CloudInitSeed(
            $"#cloud-config\n{userData.ToJsonString(Json)}\n", $"{metaData.ToJsonString(Json)}\n", $"{network.ToJsonString(Json)}\n");
    }

    private static JsonObject File(string path, string content, string permissions, string owner) =>
        new() { ["path"] = path, ["content"] = content, ["permissions"] = permissions, ["owner"] = owner };
}
