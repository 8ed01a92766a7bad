using Microsoft.Playwright;

namespace WebHoster.Tests.Browser;

/// <summary>Chromium's own authenticator for tests: it makes and shows passkeys as a phone would, whose owner always agrees.</summary>
public static class VirtualAuthenticator
{
    public static async Task<ICDPSession> PlugIntoAsync(IPage page)
    {
        var tools = await page.Context.NewCDPSessionAsync(page);
        await tools.SendAsync("WebAuthn.enable");
        await tools.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
        return tools;
    }
}
