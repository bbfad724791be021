using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.CostCenters;

/// <summary>Moves and archives as an operator orders them, and what callers of the old name notice.</summary>
[Collection(nameof(KeyedHost))]
public class MoveTests(KeyedHost host)
{
    [Fact]
    public async Task Move_TakesSpendAndLimitAlong_AndCallersOfTheOldNameNoticeNothing()
    {
        await PutAsync("mv-a/x/team", """{"daily":10,"per_user":{"daily":6}}""");
        await PutAsync("mv-a/y", """{"daily":100}""");
        await SpendAsync("mv-a/x/team/app", "1", 4);
        await SpendAsync("mv-a/x", "2", 1);
        await SpendAsync("mv-a/y", "3", 2);

        var dry = (await SendAsync("POST", "/v1/cost-centers/mv-a/x/team/move", """{"to":"mv-a/y/team","dry_run":true}""")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal((true, 2, 1, 1, 0, 0), ((bool)dry["dry_run"]!, Number(dry, "cost_centers"), Number(dry, "budgets"), Number(dry, "rows"), Number(dry, "merged"), Number(dry, "open")));
        Assert.Empty(dry["extent"]!["over_limit"]!.AsArray());

        var job = await MoveAsync("mv-a/x/team", """{"to":"mv-a/y/team","reason":"reorganised"}""");

        Assert.Equal(("done", "mv-a/x/team", "mv-a/y/team", "move", 1), ((string)job["state"]!, (string)job["cost_center"]!, (string)job["to"]!, (string)job["history"]!, (int)job["rows_done"]!));
        Assert.Equal((7m, 1m, 6m, 4m, 4m), (await SpentAsync("mv-a"), await SpentAsync("mv-a/x"), await SpentAsync("mv-a/y"), await SpentAsync("mv-a/y/team"), await SpentAsync("mv-a/y/team/app")));
        // The limit, and what was spent under it, hold for both names.
        Assert.Equal("deny", (string?)(await CheckAsync("mv-a/x/team/app", 2.01m, "amy"))["decision"]);
        Assert.Equal("deny", (string?)(await CheckAsync("mv-a/y/team", 2.01m, "amy"))["decision"]);
        var allowed = await CheckAsync("mv-a/x/team/app", 2, "amy");
        Assert.Equal(("allow", "mv-a/y/team"), ((string?)allowed["decision"], (string?)allowed["tightest"]!["cost_center"]));
        var settled = (await SendAsync(
            "POST", "/v1/usage", $$"""{"request_id":"4","reservation_id":"{{(string)allowed["reservation_id"]!}}","cost_center":"mv-a/x/team/app","user":"amy","cost":2}""")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(("recorded", "[]"), ((string)settled["result"]!, settled["flags"]!.ToJsonString()));
        Assert.Equal("duplicate", (string)(await SpendAsync("mv-a/x/team/app", "1", 4))["result"]!);
        Assert.Equal((6m, 9m), (await SpentAsync("mv-a/y/team"), await SpentAsync("mv-a")));
        Assert.Equal("mv-a/y/team/app", (string)(await GetAsync("/v1/usage?cost_center=mv-a/y/team/app&sort=-cost"))["items"]![0]!["cost_center"]!);
        Assert.True((bool)(await GetAsync("/v1/consistency?cost_center=mv-a"))["consistent"]!);

        Assert.DoesNotContain("mv-a/x/team", await ListAsync("mv-a", archived: false));
        Assert.Contains("mv-a/x/team", await ListAsync("mv-a", archived: true));
        Assert.Equal(["mv-a/y/team"], (await GetAsync("/v1/cost-centers/mv-a/y"))["children"]!.AsArray().Select(c => (string)c!));
        Assert.Empty((await GetAsync("/v1/cost-centers/mv-a/x"))["children"]!.AsArray());
        (await SendAsync("PUT", "/v1/budgets/mv-a/x/team", """{"daily":1}""")).ExpectProblem(409, "cost_center_moved");
        (await SendAsync("POST", "/v1/unarchive", """{"cost_center":"mv-a/x/team"}""")).ExpectProblem(409, "cost_center_moved");
        var audited = (await GetAsync("/v1/audit?action=cost_center&cost_center=mv-a"))["items"]!.AsArray();
        Assert.Equal(["cost_center.moved", "cost_center.move"], audited.Select(e => (string)e!["action"]!));
        Assert.All(audited, e => Assert.Equal("reorganised", (string?)e!["reason"]));
    }

    [Fact]
    public async Task Move_WaitsForWhatIsOpen_AndDeniesChecksMeanwhile()
    {
        await PutAsync("mv-b/x", """{"daily":10}""");
        var held = await CheckAsync("mv-b/x/app", 3);
        var id = (string)(await SendAsync("POST", "/v1/cost-centers/mv-b/x/move", """{"to":"mv-b/y"}""")).Expect(HttpStatusCode.Accepted).Json["id"]!;

        var denied = await CheckAsync("mv-b/x/app", 1);
        Assert.Equal(("paused", "mv-b/x is being moved to mv-b/y: ask again when what is open there has ended."), ((string?)denied["reason"], (string?)denied["detail"]));
        Assert.Equal(("draining", 1), ((string)(await GetAsync($"/v1/moves/{id}"))["state"]!, (int)(await GetAsync($"/v1/moves/{id}"))["open"]!));
        (await SendAsync("POST", "/v1/cost-centers/mv-b/x/move", """{"to":"mv-b/z"}""")).ExpectProblem(409, "move_refused");
        var settled = (await SendAsync("POST", "/v1/usage", $$"""{"request_id":"1","reservation_id":"{{(string)held["reservation_id"]!}}","cost":3}""")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("recorded", (string)settled["result"]!);

        Assert.Equal("done", (string)(await EndedAsync(id))["state"]!);
        Assert.Equal((3m, "allow", "deny"), (await SpentAsync("mv-b/y"), (string?)(await CheckAsync("mv-b/x/app", 7))["decision"], (string?)(await CheckAsync("mv-b/y", 0.1m))["decision"]));
    }

    [Fact]
    public async Task Move_Cancelled_OpensTheOldNameAgain()
    {
        await PutAsync("mv-c/x", """{"daily":10}""");
        await CheckAsync("mv-c/x", 3);
        var id = (string)(await SendAsync("POST", "/v1/cost-centers/mv-c/x/move", """{"to":"mv-c/y"}""")).Expect(HttpStatusCode.Accepted).Json["id"]!;
        Assert.Equal("deny", (string?)(await CheckAsync("mv-c/x", 1))["decision"]);

        Assert.Equal("cancelled", (string)(await SendAsync("POST", $"/v1/moves/{id}/cancel")).Expect(HttpStatusCode.OK).Json["state"]!);

        (await SendAsync("POST", $"/v1/moves/{id}/cancel")).ExpectProblem(409, "job_ended");
        Assert.Equal("allow", (string?)(await CheckAsync("mv-c/x", 1))["decision"]);
    }

    [Fact]
    public async Task Move_OntoAnother_TellsBefore_WhoWillBeOverALimit_AndWhichBudgetsEnd()
    {
        await PutAsync("mv-d/x", """{"daily":10}""");
        await PutAsync("mv-d/y", """{"daily":5,"monthly":50}""");
        await SpendAsync("mv-d/x", "1", 4);
        await SpendAsync("mv-d/y", "2", 3);

        var extent = (await SendAsync("POST", "/v1/cost-centers/mv-d/x/move", """{"to":"mv-d/y","dry_run":true}""")).Expect(HttpStatusCode.OK).Json["extent"]!;
        Assert.Equal("""[{"cost_center":"mv-d/y","period":"daily","limit":5,"spent":7}]""", extent["over_limit"]!.ToJsonString());
        Assert.Equal("""["mv-d/x"]""", extent["budgets_that_end"]!.ToJsonString());
        Assert.Equal(3, await SpentAsync("mv-d/y"));

        await MoveAsync("mv-d/x", """{"to":"mv-d/y"}""");
        Assert.Equal((7m, "deny"), (await SpentAsync("mv-d/y"), (string?)(await CheckAsync("mv-d/x", 0.1m))["decision"]));
    }

    [Fact]
    public async Task Move_ThatKeepsHistory_LeavesTheReportsOfTheOldName()
    {
        await PutAsync("mv-e/x", """{"daily":10}""");
        await SpendAsync("mv-e/x", "1", 4);

        await MoveAsync("mv-e/x", """{"to":"mv-e/y","history":"keep"}""");
        await SpendAsync("mv-e/x", "2", 3);

        Assert.Equal((4m, 3m, 7m), (await SpentAsync("mv-e/x"), await SpentAsync("mv-e/y"), await SpentAsync("mv-e")));
        Assert.Equal(4m, (decimal)(await GetAsync("/v1/reports/summary?cost_center=mv-e/x"))["total"]!["cost"]!);
        Assert.Equal("duplicate", (string)(await SpendAsync("mv-e/x", "1", 4))["result"]!);
    }

    [Fact]
    public async Task Move_TakesAKeysSubtreeAlong_SoThatItsHolderNoticesNothing()
    {
        await PutAsync("mv-f/x", """{"daily":10}""");
        var key = (string)(await SendAsync("POST", "/v1/keys", """{"name":"mv-f","scopes":["check","usage"],"cost_center":"mv-f/x"}""")).Expect(HttpStatusCode.Created).Json["key"]!;

        await MoveAsync("mv-f/x", """{"to":"mv-f/y"}""");

        await Eventually.HoldsAsync("the key has its new subtree", async () =>
            (await host.Api.SendAsync("POST", "/v1/check", """{"cost_center":"mv-f/x/app","amount":1}""", $"X-Budget-Key: {key}")).Status == HttpStatusCode.OK);
        var posted = (await host.Api.SendAsync("POST", "/v1/usage", """{"request_id":"1","cost_center":"mv-f/x/app","cost":1}""", $"X-Budget-Key: {key}")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(("recorded", "allow"), ((string)posted["result"]!, (string)posted["decision"]!));
        (await host.Api.SendAsync("POST", "/v1/check", """{"cost_center":"mv-f/z","amount":1}""", $"X-Budget-Key: {key}")).ExpectProblem(403, "outside_subtree");
    }

    [Fact]
    public async Task Move_OutOfAKeysSubtree_LosesNoneOfItsCost_AndTellsItNothingOfTheOtherSide()
    {
        await PutAsync("mv-i/x/team", """{"daily":20}""");
        await PutAsync("mv-i/secret", """{"daily":100}""");
        var key = "X-Budget-Key: " + (string)(await SendAsync("POST", "/v1/keys", """{"name":"mv-i","scopes":["check","usage"],"cost_center":"mv-i/x"}""")).Expect(HttpStatusCode.Created).Json["key"]!;
        await MoveAsync("mv-i/x/team", """{"to":"mv-i/secret/team"}""");

        var check = (await host.Api.SendAsync("POST", "/v1/check", """{"cost_center":"mv-i/x/team","amount":2,"explain":true}""", key)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(("allow", "mv-i/secret/team"), ((string?)check["decision"], (string?)check["tightest"]!["cost_center"]));
        AssertHides(check["budgets"]!);
        AssertHides((await host.Api.SendAsync("GET", "/v1/limits?cost_center=mv-i/x/team", null, key)).Expect(HttpStatusCode.OK).Json["items"]!);
        var id = (string)check["reservation_id"]!;
        (await host.Api.SendAsync("POST", $"/v1/reservations/{id}/extend", """{"amount":3}""", key)).Expect(HttpStatusCode.OK);
        Assert.Equal("recorded", (string)(await PostAsync($$"""{"request_id":"1","reservation_id":"{{id}}","cost":3}"""))["result"]!);
        Assert.Equal("recorded", (string)(await PostAsync("""{"request_id":"2","cost_center":"mv-i/x/team/app","cost":4}"""))["result"]!);
        Assert.Equal(7m, await SpentAsync("mv-i/secret/team"));
        // What is beside it is not the key's.
        (await host.Api.SendAsync("POST", "/v1/check", """{"cost_center":"mv-i/secret/other","amount":1}""", key)).ExpectProblem(403, "outside_subtree");
        Assert.Equal("outside_subtree", (string)(await PostAsync("""{"request_id":"3","cost_center":"mv-i/secret","cost":1}"""))["code"]!);

        static void AssertHides(JsonNode windows)
        {
            Assert.Null(windows.AsArray().Single(w => (string)w!["cost_center"]! == "mv-i/secret")!["limit"]);
            Assert.Equal(20m, (decimal)windows.AsArray().Single(w => (string)w!["cost_center"]! == "mv-i/secret/team")!["limit"]!);
        }

        async Task<JsonNode> PostAsync(string body) => (await host.Api.SendAsync("POST", "/v1/usage", body, key)).Json;
    }

    [Theory]
    [InlineData("POST", "/v1/check", """{"cost_center":"mv-j/x/app","amount":1}""")]
    [InlineData("POST", "/v1/usage", """{"request_id":"1","cost_center":"mv-j/x/app","cost":1}""")]
    [InlineData("GET", "/v1/limits?cost_center=mv-j/x/app", null)]
    public async Task OldName_OfAnotherTenant_TellsNothingOfTheNewOne(string method, string path, string? body)
    {
        if ((await SendAsync("GET", "/v1/cost-centers/mv-j/unheard-of")).Status != HttpStatusCode.OK)
        {
            await PutAsync("mv-j/x", """{"daily":10}""");
            await MoveAsync("mv-j/x", """{"to":"mv-j/unheard-of"}""");
        }

        var key = (string)(await SendAsync("POST", "/v1/keys", """{"name":"mv-k","scopes":["check","usage"],"cost_center":"mv-k"}""")).Expect(HttpStatusCode.Created).Json["key"]!;
        var told = (await host.Api.SendAsync(method, path, body, $"X-Budget-Key: {key}")).Body;

        Assert.Contains("outside_subtree", told);
        Assert.DoesNotContain("unheard-of", told);
    }

    [Fact]
    public async Task Move_OfWhatTheKeyMayNotChange_OrOfANonsense_IsRefused()
    {
        await PutAsync("mv-g/x/team", """{"daily":10}""");
        var key = (string)(await SendAsync("POST", "/v1/keys", """{"name":"mv-g","scopes":["admin"],"cost_center":"mv-g/x"}""")).Expect(HttpStatusCode.Created).Json["key"]!;
        (await host.Api.SendAsync("POST", "/v1/cost-centers/mv-g/x/move", """{"to":"mv-g/x/y"}""", $"X-Budget-Key: {key}")).ExpectProblem(403, "outside_subtree");
        (await host.Api.SendAsync("POST", "/v1/cost-centers/mv-g/x/team/move", """{"to":"mv-g/z"}""", $"X-Budget-Key: {key}")).ExpectProblem(403, "outside_subtree");
        (await SendAsync("POST", "/v1/cost-centers/mv-g/none/move", """{"to":"mv-g/z"}""")).ExpectProblem(409, "move_refused");
        (await SendAsync("POST", "/v1/cost-centers/mv-g/x/move", """{"to":"mv-h/x"}""")).ExpectProblem(409, "move_refused");
        (await SendAsync("POST", "/v1/cost-centers/mv-g/x", """{"to":"mv-g/z"}""")).ExpectProblem(404, "not_found");
        Assert.Equal(["to"], (await SendAsync("POST", "/v1/cost-centers/mv-g/x/move", "{}")).ExpectProblem(400, "invalid_request").ErrorFields);
        Assert.Equal(["history", "to"], (await SendAsync("POST", "/v1/cost-centers/mv-g/x/move", """{"to":"/","history":"lose"}""")).ExpectProblem(400, "invalid_request").ErrorFields.Order());
        (await SendAsync("GET", "/v1/moves/mov_none")).ExpectProblem(404, "unknown_job");
    }

    [Fact]
    public async Task Archive_HidesAndDenies_RecordsUsage_AndEndsWithUnarchive()
    {
        await PutAsync("ar-a/x/app", """{"daily":10}""");
        await SpendAsync("ar-a/x/app", "1", 4);

        Assert.Equal("""{"cost_center":"ar-a/x","archived":true,"changed":true}""", (await SendAsync("POST", "/v1/archive", """{"cost_center":"ar-a/x","reason":"over"}""")).Expect(HttpStatusCode.OK).Body);
        Assert.Equal("""{"cost_center":"ar-a/x","archived":true,"changed":false}""", (await SendAsync("POST", "/v1/archive", """{"cost_center":"ar-a/x"}""")).Expect(HttpStatusCode.OK).Body);

        var denied = await CheckAsync("ar-a/x/app", 1);
        Assert.Equal(("paused", "ar-a/x is archived: its checks are denied until it is unarchived."), ((string?)denied["reason"], (string?)denied["detail"]));
        Assert.Equal(["ar-a"], await ListAsync("ar-a", archived: false));
        Assert.Equal(["ar-a", "ar-a/x", "ar-a/x/app"], await ListAsync("ar-a", archived: true));
        Assert.Equal(["ar-a"], (await GetAsync("/v1/cost-centers?under=ar-a&sort=utilization"))["items"]!.AsArray().Select(i => (string)i!["cost_center"]!));
        Assert.Equal("recorded", (string)(await SpendAsync("ar-a/x/app", "2", 3))["result"]!);
        Assert.Equal(7m, (decimal)(await GetAsync("/v1/reports/summary?cost_center=ar-a"))["total"]!["cost"]!);

        (await SendAsync("POST", "/v1/unarchive", """{"cost_center":"ar-a/x"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("allow", (string?)(await CheckAsync("ar-a/x/app", 1))["decision"]);
        Assert.Equal(3, (await ListAsync("ar-a", archived: false)).Length);
        (await SendAsync("POST", "/v1/archive", """{"cost_center":"ar-none"}""")).ExpectProblem(404, "unknown_cost_center");
        Assert.Equal(["cost_center.unarchive", "cost_center.archive"], (await GetAsync("/v1/audit?action=cost_center&cost_center=ar-a"))["items"]!.AsArray().Select(e => (string)e!["action"]!));
    }

    private static int Number(JsonNode dry, string member) => (int)dry["extent"]![member]!;

    private async Task<JsonNode> MoveAsync(string path, string body)
    {
        var id = (string)(await SendAsync("POST", $"/v1/cost-centers/{path}/move", body)).Expect(HttpStatusCode.Accepted).Json["id"]!;
        var ended = await EndedAsync(id);
        Assert.True((string)ended["state"]! == "done", ended.ToJsonString());
        return ended;
    }

    private Task<JsonNode> EndedAsync(string id) => Eventually.GetAsync<JsonNode>($"the end of {id}", async () =>
    {
        var job = await GetAsync($"/v1/moves/{id}");
        return (string)job["state"]! is "draining" or "moved" or "renaming" ? null : job;
    });

    private async Task PutAsync(string path, string body) => (await SendAsync("PUT", $"/v1/budgets/{path}", body)).Expect(HttpStatusCode.Created);

    private async Task<JsonNode> SpendAsync(string path, string id, decimal cost) =>
        (await SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{id}}","cost_center":"{{path}}","user":"amy","model":"gpt-4.1","cost":{{cost}}}""")).Expect(HttpStatusCode.OK).Json;

    private async Task<JsonNode> CheckAsync(string path, decimal amount, string user = "bob") =>
        (await SendAsync("POST", "/v1/check", string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"cost_center":"{{path}}","user":"{{user}}","amount":{{amount}}}"""))).Expect(HttpStatusCode.OK).Json;

    private async Task<decimal> SpentAsync(string path) => (decimal)(await GetAsync($"/v1/cost-centers/{path}"))["spent_month"]!;

    private async Task<string[]> ListAsync(string under, bool archived) =>
        [.. (await GetAsync($"/v1/cost-centers?under={under}{(archived ? "&archived=true" : "")}"))["items"]!.AsArray().Select(i => (string)i!["cost_center"]!)];

    private async Task<JsonNode> GetAsync(string path) => (await SendAsync("GET", path)).Expect(HttpStatusCode.OK).Json;

    private Task<ApiReply> SendAsync(string method, string path, string? body = null) => host.Api.SendAsync(method, path, body, KeyedHost.Admin);
}
