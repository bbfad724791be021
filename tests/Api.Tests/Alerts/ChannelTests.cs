using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Alerts;

[Collection(nameof(KeyedHost))]
public class ChannelTests(KeyedHost host)
{
    /// <summary>Nobody resolves it.</summary>
    private const string Webhook = """{"type":"webhook","url":"https://hooks.invalid/a","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","under":"chan"}""";

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Channel_IsSetReadReplacedAndDeleted()
    {
        var path = "/v1/channels/life.of-a_channel";
        var made = (await Api.SendAsync("PUT", path, """{"type":"slack","url":"env:BUDGET_SECRET_SLACK","under":"chan/eng","levels":["warning","critical"],"types":["budget.denied"],"reason":"why"}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created).Json;
        Assert.Equal("life.of-a_channel", (string?)made["name"]);
        Assert.Equal("chan/eng", (string?)made["under"]);
        Assert.Equal("env:BUDGET_SECRET_SLACK", (string?)made["url"]);
        Assert.True((bool)made["url_set"]!);
        Assert.Equal(["warning", "critical"], Texts(made["levels"]));
        Assert.Equal(["budget.denied"], Texts(made["types"]));
        Assert.Null(made["disabled"]);

        var read = (await Api.SendAsync("GET", path, null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(made.ToJsonString(), read.ToJsonString());

        var again = (await Api.SendAsync("PUT", path, """{"type":"email","to":["a@example.com","b@example.com"]}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json;
        Assert.Null(again["under"]);
        Assert.Null(again["levels"]);
        Assert.Null(again["types"]);
        Assert.Equal(["a@example.com", "b@example.com"], Texts(again["to"]));
        Assert.False(again.AsObject().ContainsKey("url"));

        (await Api.SendAsync("DELETE", path, null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent);
        (await Api.SendAsync("DELETE", path, null, KeyedHost.Admin)).ExpectProblem(404, "unknown_channel");
        (await Api.SendAsync("GET", path, null, KeyedHost.Admin)).ExpectProblem(404, "unknown_channel");
        (await Api.SendAsync("POST", path + "/test", null, KeyedHost.Admin)).ExpectProblem(404, "unknown_channel");
        var actions = (await Api.SendAsync("GET", "/v1/audit?limit=500", null, KeyedHost.Admin)).Json["items"]!.AsArray().Select(e => (string)e!["action"]!).ToList();
        Assert.Contains("channel.put", actions);
        Assert.Contains("channel.delete", actions);
    }

    [Theory]
    [InlineData("""{"type":"email"}""")]
    [InlineData("""{"type":"email","to":[]}""")]
    public async Task Email_ToNobody_SaysThatAnAddressIsNeeded(string body)
    {
        var problem = (await Api.SendAsync("PUT", "/v1/channels/nobody", body, KeyedHost.Admin)).ExpectProblem(400, "invalid_request").Json;
        Assert.Equal("needs at least one e-mail address", (string?)problem["errors"]!["to"]![0]);
    }

    /// <summary>A channel of each type, and its fields that are told as set or not.</summary>
    public static TheoryData<string, string> Types => new()
    {
        { """{"type":"webhook","url":"https://hooks.invalid/a","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""", "url secret" },
        { """{"type":"slack","url":"https://hooks.invalid/a"}""", "url" },
        { """{"type":"discord","url":"https://hooks.invalid/a"}""", "url" },
        { """{"type":"teams","url":"https://hooks.invalid/a"}""", "url" },
        { """{"type":"telegram","token":"123456:ABCDEFGHIJKLMNOPQRSTUVWXYZ","chat_id":-100123}""", "token" },
        { """{"type":"pagerduty","routing_key":"0123456789abcdef0123456789abcdef"}""", "routing_key" },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Secrets_OfEveryType_AreNotReadBack(string body, string secrets)
    {
        var sent = JsonNode.Parse(body)!;
        var reply = (await Api.SendAsync("PUT", $"/v1/channels/secrets-{sent["type"]}", body, KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        foreach (var text in new[] { reply.Body, (await Api.SendAsync("GET", $"/v1/channels/secrets-{sent["type"]}", null, KeyedHost.Admin)).Body })
        {
            var told = JsonNode.Parse(text)!;
            foreach (var field in secrets.Split(' '))
            {
                Assert.Null(told[field]);
                Assert.True((bool)told[field + "_set"]!);
                Assert.DoesNotContain((string)sent[field]!, text, StringComparison.Ordinal);
            }
        }

        Assert.Equal(sent["chat_id"]?.ToString(), (string?)reply.Json["chat_id"]);
        await Api.SendAsync("DELETE", $"/v1/channels/secrets-{sent["type"]}", null, KeyedHost.Admin);
    }

    [Fact]
    public async Task Faults_AreAllToldAtOnce_AndRepeatNoValue()
    {
        var reply = await Api.SendAsync(
            "PUT", "/v1/channels/Bad!", """{"type":"webhook","under":"a//b","secret":"not-a-secret-4711","token":"t0ken-4711","levels":["UP"],"types":["nope"],"colour":"red"}""", KeyedHost.Admin);
        reply.ExpectProblem(400, "invalid_request");
        Assert.Equal(["colour", "levels", "name", "secret", "token", "types", "under", "url"], reply.ErrorFields.Order());
        Assert.DoesNotContain("4711", reply.Body, StringComparison.Ordinal);
    }

    /// <summary>Body, code, field.</summary>
    public static TheoryData<string, string, string> BadBodies => new()
    {
        { "{}", "invalid_request", "type" },
        { """{"type":null}""", "invalid_request", "type" },
        { """{"type":"fax"}""", "invalid_request", "type" },
        { """{"type":7}""", "invalid_request", "type" },
        { """{"type":"slack"}""", "invalid_request", "url" },
        { """{"type":"slack","url":"http://hooks.invalid/a"}""", "invalid_request", "url" },
        { """{"type":"slack","url":"https://127.0.0.1/a"}""", "invalid_request", "url" },
        { """{"type":"slack","url":"https://u:p@hooks.invalid/a"}""", "invalid_request", "url" },
        { """{"type":"slack","url":"env:PATH"}""", "invalid_request", "url" },
        { """{"type":"slack","url":"file:../etc/passwd"}""", "invalid_request", "url" },
        { """{"type":"slack","url":"https://hooks.invalid/a","secret":"env:BUDGET_SECRET_A"}""", "invalid_request", "secret" },
        { """{"type":"slack","url":"https://hooks.invalid/a","levels":[]}""", "invalid_request", "levels" },
        { """{"type":"slack","url":"https://hooks.invalid/a","levels":"warning"}""", "invalid_request", "levels" },
        { """{"type":"slack","url":"https://hooks.invalid/a","levels":["warning","warning"]}""", "invalid_request", "levels" },
        { """{"type":"slack","url":"https://hooks.invalid/a","types":[1]}""", "invalid_request", "types" },
        { """{"type":"slack","url":"https://hooks.invalid/a","types":[]}""", "invalid_request", "types" },
        { """{"type":"slack","url":"https://hooks.invalid/a","under":"a b"}""", "invalid_cost_center", "under" },
        { """{"type":"slack","url":"https://hooks.invalid/a","urls":1}""", "unknown_field", "urls" },
        { """{"type":"slack","url":"https://hooks.invalid/a","url":"https://hooks.invalid/b"}""", "invalid_request", "url" },
        { """{"type":"telegram","token":"123456:ABCDEFGHIJKLMNOPQRSTUVWXYZ","chat_id":1.5}""", "invalid_request", "chat_id" },
        { """{"type":"telegram","token":"123456:ABCDEFGHIJKLMNOPQRSTUVWXYZ"}""", "invalid_request", "chat_id" },
        { """{"type":"email","to":"a@example.com"}""", "invalid_request", "to" },
        { """{"type":"email","to":["a@example.com\r\nBcc: b@example.com"]}""", "invalid_request", "to" },
        { """{"type":"pagerduty","routing_key":"short"}""", "invalid_request", "routing_key" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task BadBody_IsRefused_AndStoresNothing(string body, string code, string field)
    {
        var reply = (await Api.SendAsync("PUT", "/v1/channels/bad-body", body, KeyedHost.Admin)).ExpectProblem(400, code);
        Assert.Equal([field], reply.ErrorFields);
        (await Api.SendAsync("GET", "/v1/channels/bad-body", null, KeyedHost.Admin)).ExpectProblem(404, "unknown_channel");
    }

    [Theory]
    [InlineData("GET", "/v1/channels?sort=x", 400, "unknown_field")]
    [InlineData("GET", "/v1/channels?limit=0", 400, "invalid_request")]
    [InlineData("GET", "/v1/channels?cursor=x", 400, "invalid_cursor")]
    [InlineData("GET", "/v1/channels/UPPER", 400, "invalid_request")]
    [InlineData("GET", "/v1/channels/-a", 400, "invalid_request")]
    [InlineData("GET", "/v1/channels/a%2Fb", 400, "invalid_request")]
    [InlineData("PATCH", "/v1/channels/a", 405, "method_not_allowed")]
    [InlineData("PUT", "/v1/channels/a?x=1", 400, "unknown_field")]
    public async Task BadRequest_IsRefused(string method, string path, int status, string code) =>
        (await Api.SendAsync(method, path, method == "PUT" ? Webhook : null, KeyedHost.Admin)).ExpectProblem(status, code);

    [Theory]
    [InlineData("PUT", "/v1/channels/scoped")]
    [InlineData("DELETE", "/v1/channels/scoped")]
    [InlineData("POST", "/v1/channels/scoped/test")]
    [InlineData("POST", "/v1/alerts/a/redeliver")]
    public async Task Write_NeedsAdmin(string method, string path)
    {
        var (key, _) = await host.NewKeyAsync("read check usage");
        (await Api.SendAsync(method, path, method == "PUT" ? Webhook : null, key)).ExpectProblem(403, "missing_scope");
    }

    [Fact]
    public async Task Channel_OfAnotherSubtree_IsUnknown_AndItsNameIsTaken()
    {
        var (ours, _) = await host.NewKeyAsync("admin", "chan-a/x");
        var (theirs, _) = await host.NewKeyAsync("admin", "chan-b");
        var own = (await Api.SendAsync("PUT", "/v1/channels/tenants-own", """{"type":"email","to":["a@example.com"]}""", ours)).Expect(HttpStatusCode.Created).Json;
        Assert.Equal("chan-a/x", (string?)own["under"]);

        var taken = (await Api.SendAsync("PUT", "/v1/channels/tenants-own", """{"type":"email","to":["b@example.com"]}""", theirs)).ExpectProblem(409, "name_taken");
        Assert.DoesNotContain("chan-a", taken.Body, StringComparison.Ordinal);
        (await Api.SendAsync("GET", "/v1/channels/tenants-own", null, theirs)).ExpectProblem(404, "unknown_channel");
        (await Api.SendAsync("DELETE", "/v1/channels/tenants-own", null, theirs)).ExpectProblem(404, "unknown_channel");
        (await Api.SendAsync("POST", "/v1/channels/tenants-own/test", null, theirs)).ExpectProblem(404, "unknown_channel");
        Assert.Empty((await Api.SendAsync("GET", "/v1/channels", null, theirs)).Json["items"]!.AsArray());
        Assert.Equal("a@example.com", Texts((await Api.SendAsync("GET", "/v1/channels/tenants-own", null, ours)).Json["to"])[0]);

        (await Api.SendAsync("PUT", "/v1/channels/outside", """{"type":"email","to":["a@example.com"],"under":"chan-a"}""", ours)).ExpectProblem(403, "outside_subtree");
        (await Api.SendAsync("PUT", "/v1/channels/below", """{"type":"email","to":["a@example.com"],"under":"chan-a/x/y"}""", ours)).Expect(HttpStatusCode.Created);
        // What stands above is not the subtree's own either.
        (await Api.SendAsync("PUT", "/v1/channels/above", """{"type":"email","to":["a@example.com"],"under":"chan-a"}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        (await Api.SendAsync("DELETE", "/v1/channels/above", null, ours)).ExpectProblem(404, "unknown_channel");
        var list = (await Api.SendAsync("GET", "/v1/channels", null, ours)).Json["items"]!.AsArray().Select(c => (string)c!["name"]!);
        Assert.Equal(["below", "tenants-own"], list);
    }

    [Fact]
    public async Task List_IsPagedByName()
    {
        var (key, _) = await host.NewKeyAsync("admin", "chan-pages");
        foreach (var name in new[] { "p-c", "p-a", "p-e", "p-b", "p-d" })
        {
            (await Api.SendAsync("PUT", $"/v1/channels/{name}", """{"type":"email","to":["a@example.com"]}""", key)).Expect(HttpStatusCode.Created);
        }

        var (names, cursor) = (new List<string>(), "");
        do
        {
            var page = (await Api.SendAsync("GET", $"/v1/channels?limit=2{cursor}", null, key)).Expect(HttpStatusCode.OK).Json;
            names.AddRange(page["items"]!.AsArray().Select(c => (string)c!["name"]!));
            cursor = page["next_cursor"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(["p-a", "p-b", "p-c", "p-d", "p-e"], names);
    }

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(t => (string)t!)];
}
