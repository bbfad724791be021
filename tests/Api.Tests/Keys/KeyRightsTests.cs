using System.Globalization;
using System.Net;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Keys;

/// <summary>What a key may do to keys: not more than it has, not longer than it lasts, and nothing once it is revoked.</summary>
[Collection(nameof(KeyedHost))]
public sealed class KeyRightsTests(KeyedHost host)
{
    private const string Ends = "2998-06-01T00:00:00Z";
    private const string Sooner = "2998-05-01T00:00:00Z";
    private const string Later = "2998-07-01T00:00:00Z";

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Patch_WhoseBodyComesAfterTheKeyWasRevoked_LeavesItRevoked()
    {
        var (header, id) = await host.NewKeyAsync("check", "late-patch");

        var answer = await RawHttp.SendSlowlyAsync(
            Api.Address, $"PATCH /v1/keys/{id}", """{"name":"alive again"}""", () => RevokeAsync(id), KeyedHost.Admin);

        Assert.Contains("unknown_key", answer, StringComparison.Ordinal);
        (await Api.SendAsync("GET", "/v1/keys/self", null, header)).ExpectProblem(401, "invalid_key");
        Assert.NotNull((await KeyAsync(id))["revoked_at"]);
    }

    [Fact]
    public async Task Patch_WhoseBodyComesAfterAnotherPatch_KeepsWhatThatOneSet()
    {
        var (_, id) = await host.NewKeyAsync("check", "two-patches");

        var answer = await RawHttp.SendSlowlyAsync(
            Api.Address, $"PATCH /v1/keys/{id}", """{"gateway":{"detail":"full"}}""", async () =>
            {
                (await Api.SendAsync("PATCH", $"/v1/keys/{id}", $$$"""{"expires_at":"{{{Ends}}}","gateway":{"format":"openai"}}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
            }, KeyedHost.Admin);

        Assert.Contains("200 OK", answer, StringComparison.Ordinal);
        var key = await KeyAsync(id);
        Assert.Equal((Ends, "openai", "full"), ((string?)key["expires_at"], (string?)key["gateway"]!["format"], (string?)key["gateway"]!["detail"]));
    }

    [Theory]
    [InlineData("POST /v1/keys", """{"name":"x","scopes":["admin"],"cost_center":"late-admin/x"}""")]
    [InlineData("PUT /v1/budgets/late-admin/x", """{"daily":1}""")]
    [InlineData("PATCH /v1/budgets/late-admin/y", """{"daily":1}""")]
    [InlineData("POST /v1/pause", """{"cost_center":"late-admin/y"}""")]
    public async Task AdministrativeRequest_WhoseBodyComesAfterItsKeyWasRevoked_IsRefused(string request, string body)
    {
        await Api.SendAsync("PUT", "/v1/budgets/late-admin/y", """{"daily":9}""", KeyedHost.Admin);
        var (header, id) = await host.NewKeyAsync("admin", "late-admin");

        var answer = await RawHttp.SendSlowlyAsync(Api.Address, request, body, () => RevokeAsync(id), header);

        Assert.Contains("invalid_key", answer, StringComparison.Ordinal);
        (await Api.SendAsync("GET", "/v1/budgets/late-admin/x", null, KeyedHost.Admin)).ExpectProblem(404, "unknown_cost_center");
        Assert.Equal(9, (int)(await Api.SendAsync("GET", "/v1/budgets/late-admin/y", null, KeyedHost.Admin)).Json["budget"]!["daily"]!);
    }

    [Fact]
    public async Task KeyThatEnds_MakesKeysThatEndWithItAtTheLatest()
    {
        var (header, _) = await host.NewKeyAsync("admin", "ending", $",\"expires_at\":\"{Ends}\"");

        Assert.Equal(Ends, (string?)(await MakeAsync(header, "")).Expect(HttpStatusCode.Created).Json["expires_at"]);
        Assert.Equal(Ends, (string?)(await MakeAsync(header, ",\"expires_at\":null")).Expect(HttpStatusCode.Created).Json["expires_at"]);
        Assert.Equal(Sooner, (string?)(await MakeAsync(header, $",\"expires_at\":\"{Sooner}\"")).Expect(HttpStatusCode.Created).Json["expires_at"]);
        (await MakeAsync(header, $",\"expires_at\":\"{Later}\"")).ExpectProblem(403, "key_ends_sooner");
    }

    [Fact]
    public async Task KeyThatEnds_LiftsNoEnd_ItsOwnIncluded()
    {
        var (header, id) = await host.NewKeyAsync("admin", "lifting", $",\"expires_at\":\"{Ends}\"");
        foreach (var end in new[] { "null", $"\"{Later}\"" })
        {
            (await Api.SendAsync("PATCH", $"/v1/keys/{id}", $$"""{"expires_at":{{end}}}""", header)).ExpectProblem(403, "key_ends_sooner");
        }

        Assert.Equal(Ends, (string?)(await KeyAsync(id))["expires_at"]);
        (await Api.SendAsync("PATCH", $"/v1/keys/{id}", $$"""{"expires_at":"{{Sooner}}"}""", header)).Expect(HttpStatusCode.OK);
        // Whose own time has no end says otherwise.
        (await Api.SendAsync("PATCH", $"/v1/keys/{id}", """{"expires_at":null}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task KeyThatEnds_TouchesNoKeyThatOutlivesIt()
    {
        var (header, _) = await host.NewKeyAsync("admin", "peers", $",\"expires_at\":\"{Ends}\"");
        var (_, unlimited) = await host.NewKeyAsync("admin", "peers");
        var (_, child) = await host.NewKeyAsync("check", "peers", $",\"expires_at\":\"{Sooner}\"");

        (await Api.SendAsync("DELETE", $"/v1/keys/{unlimited}", null, header)).ExpectProblem(403, "key_ends_sooner");
        (await Api.SendAsync("PATCH", $"/v1/keys/{unlimited}", """{"name":"mine"}""", header)).ExpectProblem(403, "key_ends_sooner");
        (await Api.SendAsync("PATCH", $"/v1/keys/{unlimited}", $$"""{"expires_at":"{{Sooner}}"}""", header)).ExpectProblem(403, "key_ends_sooner");
        (await Api.SendAsync("DELETE", $"/v1/keys/{child}", null, header)).Expect(HttpStatusCode.NoContent);
        Assert.Null((await KeyAsync(unlimited))["revoked_at"]);
    }

    private Task<ApiReply> MakeAsync(string header, string extra) =>
        Api.SendAsync("POST", "/v1/keys", $$"""{"name":"child","scopes":["check"],"cost_center":"ending/a"{{extra}}}""", header);

    private async Task RevokeAsync(string id) => (await Api.SendAsync("DELETE", $"/v1/keys/{id}", null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent);

    private async Task<System.Text.Json.Nodes.JsonNode> KeyAsync(string id)
    {
        for (var cursor = ""; ;)
        {
            var page = (await Api.SendAsync("GET", string.Create(CultureInfo.InvariantCulture, $"/v1/keys?limit=500{cursor}"), null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json;
            if (page["items"]!.AsArray().FirstOrDefault(k => (string?)k!["id"] == id) is { } found) return found;
            cursor = "&cursor=" + (string)page["next_cursor"]!;
        }
    }
}
