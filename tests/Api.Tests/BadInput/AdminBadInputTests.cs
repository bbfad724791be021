using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.BadInput;

/// <summary>Administrative bodies: a typo must not silently disable a limit.</summary>
[Collection(nameof(OpenHost))]
public class AdminBadInputTests(OpenHost host)
{
    /// <summary>Method, path, body, status, code, fields named.</summary>
    public static TheoryData<string, string, string, int, string, string> Requests => new()
    {
        { "PUT", "/v1/budgets/bad-budget", "{\"dayly\":1,\"montly\":2}", 400, "unknown_field", "dayly,montly" },
        { "PUT", "/v1/budgets/bad-budget", "{\"daily\":-1,\"x\":1}", 400, "invalid_request", "daily,x" },
        { "PUT", "/v1/budgets/bad-budget", "{\"daily\":\"NaN\"}", 400, "invalid_request", "daily" },
        { "PUT", "/v1/budgets/bad-budget", "{\"daily\":1e300}", 400, "invalid_request", "daily" },
        { "PUT", "/v1/budgets/bad-budget", "{\"daily\":0.0000000001}", 400, "invalid_request", "daily" },
        { "PUT", "/v1/budgets/bad-budget", "{\"daily\":10,\"weekly\":9,\"monthly\":8,\"total\":7}", 400, "invalid_request", "weekly,monthly,total" },
        { "PUT", "/v1/budgets/bad-budget", "{\"per_user\":{\"daily\":10,\"monthly\":8},\"per_child\":{\"tota\":1}}", 400, "invalid_request", "per_user.monthly,per_child.tota" },
        { "PUT", "/v1/budgets/bad-budget", "{\"thresholds\":[{\"at\":0,\"level\":\"a\"},{\"at\":2.1,\"level\":\"A\"},{\"level\":\"b\"},5]}", 400, "invalid_request", "thresholds[0].at,thresholds[1].at,thresholds[1].level,thresholds[2].at,thresholds" },
        { "PUT", "/v1/budgets/bad-budget", "{\"thresholds\":[{\"at\":0.5,\"level\":\"a\"},{\"at\":0.50,\"level\":\"b\"}]}", 400, "invalid_request", "thresholds" },
        { "PUT", "/v1/budgets/bad-budget", "{\"enforcement\":\"medium\",\"on_outage\":\"maybe\",\"unknown_model\":\"x\"}", 400, "invalid_request", "enforcement,on_outage,unknown_model" },
        { "PUT", "/v1/budgets/bad-budget", "{\"on_outage_limit\":5}", 400, "invalid_request", "on_outage_limit" },
        { "PUT", "/v1/budgets/bad-budget", "{\"default_price\":{\"input\":1}}", 400, "invalid_request", "default_price.output" },
        { "PUT", "/v1/budgets/bad-budget", "{\"assumed_output_tokens\":\"most\"}", 400, "invalid_request", "assumed_output_tokens" },
        { "PUT", "/v1/budgets/bad-budget", "{\"time_zone\":\"Mars/Olympus\",\"max_record_cost\":0,\"new_cost_centers\":true}", 400, "invalid_request", "time_zone,max_record_cost,new_cost_centers" },
        { "PUT", "/v1/budgets/bad-budget/child", "{\"time_zone\":\"UTC\",\"require_limit\":true}", 400, "invalid_request", "time_zone,require_limit" },
        { "PUT", "/v1/budgets/bad-budget?user=u", "{\"daily\":1,\"per_user\":{},\"durable_holds\":true}", 400, "invalid_request", "durable_holds,per_user" },
        { "PUT", "/v1/budgets/bad-budget?usr=u", "{\"daily\":1}", 400, "unknown_field", "usr" },
        { "PUT", "/v1/budgets/bad-budget", "{\"on_expiry\":\"book\"}", 400, "invalid_request", "on_expiry" },
        { "PUT", "/v1/budgets/bad-budget?user=u-1", "{\"on_expiry\":\"charge\"}", 400, "invalid_request", "on_expiry" },
        { "PUT", "/v1/budgets/bad-budget", "{\"daily\":1,\"daily\":2}", 400, "invalid_request", "daily" },
        { "PUT", "/v1/budgets/bad-budget", "[1]", 400, "invalid_request", "body" },
        { "PUT", "/v1/budgets/bad-budget", "{\"daily\"", 400, "malformed_json", "" },
        { "PATCH", "/v1/budgets/bad-budget", "{\"daily\":1}", 404, "unknown_cost_center", "" },
        { "DELETE", "/v1/budgets/bad-budget", "", 404, "unknown_cost_center", "" },
        { "GET", "/v1/budgets/bad-budget", "", 404, "unknown_cost_center", "" },
        { "PUT", "/v1/budgets/a/b/c/d/e/f/g/h/i", "{\"daily\":1}", 400, "invalid_cost_center", "cost_center" },
        { "PUT", "/v1/budgets/b%C3%A9", "{\"daily\":1}", 400, "invalid_cost_center", "cost_center" },
        { "PUT", "/v1/budgets/a%252Fb", "{\"daily\":1}", 400, "invalid_cost_center", "cost_center" },
        { "PUT", "/v1/budgets/a%2F", "{\"daily\":1}", 400, "invalid_cost_center", "cost_center" },
        { "PUT", "/v1/budgets/a%2F%2Fb", "{\"daily\":1}", 400, "invalid_cost_center", "cost_center" },
        { "PUT", "/v1/increases/i1", "{}", 400, "invalid_request", "cost_center,period,amount,until" },
        { "PUT", "/v1/increases/i1", "{\"cost_center\":\"x\",\"period\":\"hourly\",\"amount\":0,\"until\":\"tomorrow\"}", 400, "invalid_request", "period,amount,until" },
        { "PUT", "/v1/increases/i1", "{\"cost_center\":\"no-such-tenant\",\"period\":\"daily\",\"amount\":1,\"until\":\"2999-01-01T00:00:00Z\"}", 404, "unknown_cost_center", "" },
        { "DELETE", "/v1/increases/i1", "", 404, "not_found", "" },
        { "POST", "/v1/pause", "{\"until\":\"2001-01-01T00:00:00Z\"}", 400, "invalid_request", "until,cost_center" },
        { "POST", "/v1/pause", "{\"cost_center\":\"no-such-tenant\"}", 404, "unknown_cost_center", "" },
        { "PUT", "/v1/prices/m", "{\"input\":-1,\"per\":0}", 400, "invalid_request", "input,per,output" },
        { "PUT", "/v1/prices/m", "{\"input\":1,\"output\":1,\"tiers\":[]}", 400, "unknown_field", "tiers" },
        { "PUT", "/v1/prices/m", "{\"units\":{\"Web Search\":1,\"page\":-1}}", 400, "invalid_request", "units.Web Search,units.page" },
        { "PUT", "/v1/prices/m", "{\"input\":1,\"output\":1,\"context_tiers\":[{\"input\":2},{\"above_input_tokens\":5,\"inputs\":2}]}", 400, "invalid_request", "context_tiers[0].above_input_tokens,context_tiers[1].inputs" },
        { "PUT", "/v1/prices/m", "{\"input\":1,\"output\":1,\"context_tiers\":[{\"above_input_tokens\":5},{\"above_input_tokens\":5}]}", 400, "invalid_request", "context_tiers" },
        { "PUT", "/v1/prices/m", "{\"input\":1,\"output\":1,\"service_tiers\":{\"auto\":{},\"batch\":{\"per\":1}}}", 400, "invalid_request", "service_tiers.auto,service_tiers.batch.per" },
        { "PUT", "/v1/prices/m", "{\"input\":1,\"output\":1,\"multipliers\":{\"eu\":1.0000001}}", 400, "invalid_request", "multipliers.eu" },
        { "PATCH", "/v1/prices/no-such-model", "{\"input\":1}", 404, "unknown_price", "" },
        { "DELETE", "/v1/prices/no-such-model?effective_from=2026-01-01T00:00:00Z", "", 404, "unknown_price", "" },
        { "POST", "/v1/prices/import?format=litellm&accept=all", "{}", 400, "invalid_request", "accept" },
        { "PUT", "/v1/prices/m", "{\"input\":1,\"output\":1,\"effective_from\":\"2026-01-01\"}", 400, "invalid_request", "effective_from" },
        { "PUT", "/v1/prices/m", "{\"input\":1,\"output\":1,\"inputs\":1}", 400, "unknown_field", "inputs" },
        { "DELETE", "/v1/prices/no-such-model", "", 404, "unknown_price", "" },
        { "POST", "/v1/prices/import", "{}", 400, "invalid_request", "format" },
        { "POST", "/v1/prices/import?format=litellm&dryrun=true", "{}", 400, "unknown_field", "dryrun" },
        { "POST", "/v1/prices/import?format=litellm", "[]", 400, "malformed_json", "" },
        { "POST", "/v1/keys", "{}", 400, "invalid_request", "name,scopes" },
        { "POST", "/v1/keys", "{\"name\":\"k\",\"scopes\":[\"root\"],\"expires_at\":\"2001-01-01T00:00:00Z\"}", 400, "invalid_request", "scopes,expires_at" },
        { "POST", "/v1/keys", "{\"name\":\"k\",\"scopes\":[\"check\"],\"gateway\":{\"trust\":[\"Cookie\"],\"deny_status\":401,\"format\":\"xml\",\"fmt\":1}}", 400, "invalid_request", "gateway.trust,gateway.deny_status,gateway.format,gateway.fmt" },
        { "PATCH", "/v1/keys/key_none", "{}", 404, "unknown_key", "" },
        { "DELETE", "/v1/keys/key_none", "", 404, "unknown_key", "" },
        { "GET", "/v1/budgets?limit=0", "", 400, "invalid_request", "limit" },
        { "GET", "/v1/budgets?limit=501", "", 400, "invalid_request", "limit" },
        { "GET", "/v1/budgets?cursor=nonsense", "", 400, "invalid_cursor", "" },
        { "GET", "/v1/usage?cursor=MQo5OTk5OTk5OTk5OTk5OTk5OQ", "", 400, "invalid_cursor", "" },
        { "GET", "/v1/budgets?under=A//b", "", 400, "invalid_cost_center", "under" },
        { "GET", "/v1/usage?from=2026-1-1&min_cost=x&status=ok&sort=cost", "", 400, "invalid_request", "from,status,min_cost,sort" },
        { "GET", "/v1/usage?costcenter=acme", "", 400, "unknown_field", "costcenter" },
        { "GET", "/v1/export/usage?format=xml&from=2026-11-02&to=2026-11-02", "", 400, "invalid_request", "format,to" },
        { "GET", "/v1/reports/spend?from=2026-1-1&level=9&format=pdf&limit=0&cost_center=A//b", "", 400, "invalid_request", "from,level,format,limit,cost_center" },
        { "GET", "/v1/reports/spend?from=2020-01-01&to=2026-01-01", "", 400, "invalid_request", "to" },
        { "GET", "/v1/reports/spend?from=9999-12-31&to=9999-12-31", "", 400, "invalid_request", "to" },
        { "GET", "/v1/reports/spend?cursor=nonsense", "", 400, "invalid_cursor", "" },
        { "GET", "/v1/reports/trend?days=0", "", 400, "invalid_request", "days" },
        { "GET", "/v1/reports/spikes?threshold=0&days=x", "", 400, "invalid_request", "threshold,days" },
        { "GET", "/v1/reports/forecast?growth=-1", "", 400, "invalid_request", "growth" },
        { "GET", "/v1/reports/models?user=u", "", 400, "unknown_field", "user" },
        { "GET", "/v1/limits", "", 400, "invalid_cost_center", "cost_center" },
        { "GET", "/v1/reservations", "", 400, "invalid_cost_center", "cost_center" },
        { "GET", "/v1/reservations/rsv_nonsense", "", 404, "unknown_reservation", "" },
        { "DELETE", "/v1/reservations/rsv_nonsense", "", 404, "unknown_reservation", "" },
        { "POST", "/v1/reservations/rsv_nonsense/extend", "{\"amount\":1}", 404, "unknown_reservation", "" },
        { "GET", "/v1/cost-centers/no-such-tenant", "", 404, "unknown_cost_center", "" },
        { "GET", "/v1/nothing", "", 404, "not_found", "" },
        { "PUT", "/v1/check", "{}", 405, "method_not_allowed", "" },
        { "POST", "/v1/prices/reprice", """{"to":"2026-13-01","cost_center":"A//b","models":[1],"only":["late"],"dry_run":1,"nope":0}""", 400, "invalid_request", "from,to,cost_center,models,only,dry_run,nope" },
        { "POST", "/v1/prices/reprice", """{"from":"2026-11-02","to":"2026-11-02T00:00:00"}""", 400, "invalid_request", "to" },
        { "POST", "/v1/prices/reprice", """{"from":"2026-11-02","to":"2026-11-02"}""", 400, "invalid_request", "to" },
        { "POST", "/v1/prices/reprice/rpr_none/cancel", "{}", 404, "unknown_job", "" },
        { "GET", "/v1/prices/reprice/rpr_none", "", 404, "unknown_job", "" },
        { "GET", "/v1/reports/nothing", "", 404, "not_found", "" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_NotValid_NamesAllFaults(string method, string path, string body, int status, string code, string fields)
    {
        var reply = (await host.Api.SendAsync(method, path, body.Length == 0 ? null : body)).ExpectProblem(status, code);
        Assert.Equal(fields.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(), reply.ErrorFields.Order());
    }

    [Theory]
    [InlineData("/v1/budgets/acme//x", "invalid_cost_center")]
    [InlineData("/v1/budgets/acme/", "invalid_cost_center")]
    [InlineData("/v1/cost-centers/acme/../other", "invalid_cost_center")]
    [InlineData("/v1/cost-centers/%2e%2e/other", "invalid_cost_center")]
    [InlineData("/v1//check", "invalid_request")]
    [InlineData("/v1/prices/a//b", "invalid_request")]
    [InlineData("/v1/check/", "invalid_request")]
    public async Task RawTarget_NotSound_Is400(string target, string code)
    {
        var answer = await RawHttp.GetAsync(host.Api.Address, target);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains($"\"code\":\"{code}\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problem_EchoesASaneRequestId_AndMakesOneElse()
    {
        Assert.Equal("my-id-1", (string?)(await host.Api.SendAsync("GET", "/v1/nothing", null, "X-Request-ID: my-id-1")).Json["request_id"]);
        var made = await host.Api.SendAsync("GET", "/v1/nothing", null, "X-Request-ID: " + new string('x', 300));
        Assert.StartsWith("req_", (string?)made.Json["request_id"], StringComparison.Ordinal);
        Assert.Equal((string?)made.Json["request_id"], made.Header("X-Request-ID"));
    }
}
