using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using WebHoster.Tests.Fixtures;
using Xunit;

namespace WebHoster.Tests.Account;

/// <summary>Tokens signed with the portal's own key, each different from a real one in a single thing.</summary>
[Trait("Category", "Integration")]
[Collection(SharedPortal.Name)]
public sealed class ForgedTokenTests(PortalFixture portal)
{
    [Theory]
    [InlineData("kid", null)]
    [InlineData("kid", "0123456789abcdef")]
    [InlineData("alg", "HS512")]
    [InlineData("alg", "none")]
    [InlineData("iss", "somebody")]
    [InlineData("aud", "something")]
    [InlineData("exp", 1000000000)]
    [InlineData("exp", null)]
    [InlineData("nbf", 4000000000)]
    [InlineData("sub", "00000000-0000-0000-0000-000000000000")]
    [InlineData("stamp", null)]
    [InlineData("stamp", "other")]
    public async Task ATokenWithOneThingWrongIsA401(string member, object? value)
    {
        var real = (await Person.AddAsync(portal)).Http.DefaultRequestHeaders.Authorization!.Parameter!;
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(Forge(real, _ => { }))).StatusCode);
        var forged = Forge(real, part =>
        {
            if (part.ContainsKey(member))
                part[member] = value is null ? null : JsonValue.Create(value);
            if (value is null)
                part.Remove(member);
        });
        await Problems.ExpectAsync(await MeAsync(forged), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task ARoleInATokenMakesNobodyAnAdministrator()
    {
        var real = (await Person.AddAsync(portal)).Http.DefaultRequestHeaders.Authorization!.Parameter!;
        var forged = Forge(real, part => part["role"] = "admin");
        await Problems.ExpectAsync(await GetAsync("admin/users", forged), HttpStatusCode.Forbidden);
    }

    private string Forge(string token, Action<JsonObject> change)
    {
        var parts = token.Split('.').Take(2).Select(part =>
        {
            var json = JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();
            change(json);
            return (Json: json, Text: Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString())));
        }).ToList();
        var (key, data) = (Encoding.UTF8.GetBytes(portal.Environment()["Jwt__Key"]), Encoding.UTF8.GetBytes($"{parts[0].Text}.{parts[1].Text}"));
        var signature = (string?)parts[0].Json["alg"] switch
        {
            "none" => [],
            "HS512" => HMACSHA512.HashData(key, data),
            _ => HMACSHA256.HashData(key, data),
        };
        return $"{parts[0].Text}.{parts[1].Text}.{Base64Url.EncodeToString(signature)}";
    }

    private Task<HttpResponseMessage> MeAsync(string token) => GetAsync("auth/me", token);

    private Task<HttpResponseMessage> GetAsync(string path, string token)
    {
        var http = Person.Stranger(portal);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http.GetAsync(path);
    }
}
