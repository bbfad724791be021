using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Budgets;

[Collection(nameof(KeyedHost))]
public class PauseTests(KeyedHost host)
{
    [Fact]
    public async Task Pauses_OfUsersAndModels_ShowInEveryViewOfWhatTheyTouch()
    {
        await PutAsync("pau-a/x/y");
        await PauseAsync("""{"cost_center":"pau-a","user":"amy","reason":"loop"}""");
        await PauseAsync("""{"cost_center":"pau-a/x","model":"gpt-4.1"}""");
        await PauseAsync("""{"cost_center":"pau-a/x/y"}""");

        Assert.Equal(["pau-a amy ", "pau-a/x  gpt-4.1", "pau-a/x/y  "], Words((await GetAsync("/v1/pauses?cost_center=pau-a"))["items"]!));
        Assert.Equal(["pau-a amy ", "pau-a/x  gpt-4.1", "pau-a/x/y  "], Words((await GetAsync("/v1/pauses?cost_center=pau-a/x/y"))["items"]!));
        Assert.Equal(["pau-a amy "], Words((await GetAsync("/v1/pauses?cost_center=pau-a&user=amy"))["items"]!));
        Assert.Equal(["pau-a/x/y  ", "pau-a/x  gpt-4.1", "pau-a amy "], Words((await GetAsync("/v1/cost-centers/pau-a/x/y"))["pauses"]!));
        Assert.Equal(["pau-a amy "], Words((await GetAsync("/v1/cost-centers?under=pau-a"))["items"]![0]!["pauses"]!));
        var first = (await GetAsync("/v1/pauses?cost_center=pau-a&user=amy"))["items"]![0]!;
        Assert.Equal(("loop", "env", "BUDGET_ADMIN_KEY"), ((string?)first["reason"], (string?)first["by"], (string?)first["by_name"]));
        Assert.NotNull(first["at"]);
    }

    [Fact]
    public async Task Resume_ListsWhatRemainsPaused()
    {
        await PutAsync("pau-b/x");
        await PauseAsync("""{"cost_center":"pau-b"}""");
        await PauseAsync("""{"cost_center":"pau-b/x","user":"amy"}""");
        await PauseAsync("""{"cost_center":"pau-b/x"}""");

        var resumed = await ResumeAsync("""{"cost_center":"pau-b/x"}""");
        Assert.Equal(["pau-b  ", "pau-b/x amy "], Words(resumed["in_force"]!));
        Assert.Empty(resumed["warnings"]!.AsArray());

        var again = await ResumeAsync("""{"cost_center":"pau-b/x"}""");
        Assert.Contains("nothing was paused there", (string?)Assert.Single(again["warnings"]!.AsArray()), StringComparison.Ordinal);
        Assert.Equal(2, again["in_force"]!.AsArray().Count);
    }

    [Fact]
    public async Task APauseOfANameThatWasNeverSeen_Warns_AndHolds()
    {
        await PutAsync("pau-c/x");
        (await SendAsync("POST", "/v1/usage", """{"request_id":"pau-c-1","cost_center":"pau-c/x","user":"amy","model":"gpt-4.1","cost":1}""")).Expect(HttpStatusCode.OK);

        var typo = await PauseAsync("""{"cost_center":"pau-c","user":"amyy","model":"gpt-41"}""");
        Assert.Equal(2, typo["warnings"]!.AsArray().Count);
        Assert.Contains("amyy", (string?)typo["warnings"]![0], StringComparison.Ordinal);
        Assert.Contains("gpt-41", (string?)typo["warnings"]![1], StringComparison.Ordinal);
        Assert.Equal("amyy", (string?)typo["paused"]!["user"]);

        // The roll-up that knows the names follows within a second.
        await Eventually.HoldsAsync(
            "a name that was seen warns of nothing", async () => (await PauseAsync("""{"cost_center":"pau-c","user":"amy"}"""))["warnings"]!.AsArray().Count == 0);
        Assert.Empty((await PauseAsync("""{"cost_center":"pau-c","model":"gpt-4.1"}"""))["warnings"]!.AsArray());
        Assert.Empty((await PauseAsync("""{"cost_center":"pau-c"}"""))["warnings"]!.AsArray());
    }

    [Fact]
    public async Task AKey_SeesPausesOfItsSubtree_AndOfThoseAboveOnlyThatTheyAre()
    {
        await PutAsync("pau-d/x/y");
        await PutAsync("pau-d/z");
        await PauseAsync("""{"cost_center":"pau-d","user":"amy","reason":"secret","until":"2040-01-01T00:00:00Z"}""");
        await PauseAsync("""{"cost_center":"pau-d/x/y","user":"bob"}""");
        await PauseAsync("""{"cost_center":"pau-d/z"}""");
        var (key, _) = await host.NewKeyAsync("read", "pau-d/x");

        var items = (await host.Api.SendAsync("GET", "/v1/pauses", null, key)).Expect(HttpStatusCode.OK).Json["items"]!;

        Assert.Equal(["pau-d  ", "pau-d/x/y bob "], Words(items));
        Assert.Equal(((string?)null, (string?)null, (string?)null, "2040-01-01T00:00:00Z"), ((string?)items[0]!["reason"], (string?)items[0]!["by"], (string?)items[0]!["at"], (string?)items[0]!["until"]));
        Assert.Equal(["pau-d/x/y bob "], Words((await host.Api.SendAsync("GET", "/v1/pauses?user=bob", null, key)).Json["items"]!));
        (await host.Api.SendAsync("GET", "/v1/pauses?cost_center=pau-d", null, key)).ExpectProblem(403, "outside_subtree");
        (await host.Api.SendAsync("GET", "/v1/pauses?colour=red", null, key)).ExpectProblem(400, "unknown_field");
    }

    [Fact]
    public async Task List_ByPages_IsWhole()
    {
        await PutAsync("pau-e");
        for (var i = 0; i < 5; i++) await PauseAsync($$"""{"cost_center":"pau-e","user":"u-{{i}}"}""");

        var read = new List<string>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/v1/pauses?cost_center=pau-e&limit=2{(cursor is null ? "" : "&cursor=" + cursor)}");
            read.AddRange(Words(page["items"]!));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"pau-e u-{i} "), read);
    }

    private static IEnumerable<string> Words(JsonNode pauses) => pauses.AsArray().Select(p => $"{p!["cost_center"]} {p["user"]} {p["model"]}");

    private async Task<JsonNode> PauseAsync(string body) => (await SendAsync("POST", "/v1/pause", body)).Expect(HttpStatusCode.OK).Json;

    private async Task<JsonNode> ResumeAsync(string body) => (await SendAsync("POST", "/v1/resume", body)).Expect(HttpStatusCode.OK).Json;

    private async Task<JsonNode> GetAsync(string path) => (await SendAsync("GET", path)).Expect(HttpStatusCode.OK).Json;

    private async Task PutAsync(string path) => Assert.True((int)(await SendAsync("PUT", $"/v1/budgets/{path}", """{"daily":1000}""")).Status is 200 or 201);

    private Task<ApiReply> SendAsync(string method, string path, string? body = null) => host.Api.SendAsync(method, path, body, KeyedHost.Admin);
}
