using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Alerts;

[Collection(nameof(KeyedHost))]
public class ScheduleTests(KeyedHost host) : IAsyncLifetime
{
    private const string Body = """{"cost_center":"sched/eng","channels":["sched-ops"],"period":"weekly","weekday":"thursday","hour":17,"reason":"why"}""";

    private ApiHost Api => host.Api;

    public async Task InitializeAsync()
    {
        foreach (var (name, under, type) in ((string, string, string)[])
            [("sched-ops", "\"under\":\"sched\"", "slack"), ("sched-search", "\"under\":\"sched/eng/search\"", "slack"), ("sched-all", "\"types\":[\"spend.summary\"]", "slack")])
        {
            Assert.True((await Api.SendAsync("PUT", $"/v1/channels/{name}", $$"""{"type":"{{type}}","url":"https://hooks.invalid/a",{{under}}}""", KeyedHost.Admin)).Status is HttpStatusCode.Created or HttpStatusCode.OK);
        }

        Assert.True((await Api.SendAsync("PUT", "/v1/channels/sched-pager", """{"type":"pagerduty","routing_key":"env:BUDGET_SECRET_P","under":"sched"}""", KeyedHost.Admin)).Status is HttpStatusCode.Created or HttpStatusCode.OK);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Schedule_IsSetReadReplacedAndDeleted()
    {
        (await Api.SendAsync("PUT", "/v1/budgets/sched", """{"monthly":100,"time_zone":"Asia/Ho_Chi_Minh"}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        var path = "/v1/schedules/life.of-a_schedule";
        var made = (await Api.SendAsync("PUT", path, Body, KeyedHost.Admin)).Expect(HttpStatusCode.Created).Json;
        Assert.Equal(
            ("life.of-a_schedule", "sched/eng", "weekly", "thursday", 17, (string?)null),
            ((string)made["name"]!, (string)made["cost_center"]!, (string)made["period"]!, (string)made["weekday"]!, (int)made["hour"]!, (string?)made["last_at"]));
        Assert.Equal(["sched-ops"], made["channels"]!.AsArray().Select(c => (string)c!));
        var next = TimeZoneInfo.ConvertTime((DateTimeOffset)made["next_at"]!, TimeZoneInfo.FindSystemTimeZoneById((string)made["time_zone"]!));
        Assert.Equal((DayOfWeek.Thursday, 17, 0), (next.DayOfWeek, next.Hour, next.Minute));
        Assert.True(next > DateTimeOffset.UtcNow && next <= DateTimeOffset.UtcNow.AddDays(7));

        Assert.Equal(made.ToJsonString(), (await Api.SendAsync("GET", path, null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json.ToJsonString());
        var again = (await Api.SendAsync("PUT", path, """{"channels":["sched-all"],"period":"monthly"}""", KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal((null, null, 8, "UTC"), ((string?)again["cost_center"], (string?)again["weekday"], (int)again["hour"]!, (string)again["time_zone"]!));
        Assert.Equal(1, ((DateTimeOffset)again["next_at"]!).UtcDateTime.Day);

        (await Api.SendAsync("DELETE", path, null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent);
        (await Api.SendAsync("DELETE", path, null, KeyedHost.Admin)).ExpectProblem(404, "unknown_schedule");
        (await Api.SendAsync("GET", path, null, KeyedHost.Admin)).ExpectProblem(404, "unknown_schedule");
        var entry = (await Api.SendAsync("GET", "/v1/audit?action=schedule.put&cost_center=sched", null, KeyedHost.Admin)).Json["items"]!.AsArray()[0]!;
        Assert.Equal(("why", "thursday"), ((string)entry["reason"]!, (string)entry["after"]!["weekday"]!));
    }

    [Theory]
    [InlineData("{}", "channels", "period")]
    [InlineData("""{"channels":[],"period":"total","weekday":"someday","hour":24}""", "channels", "period", "weekday", "hour")]
    [InlineData("""{"channels":["sched-all","sched-all"],"period":"daily","weekday":"monday"}""", "channels", "weekday")]
    [InlineData("""{"channels":["sched-all","none","sched-pager","sched-search"],"cost_center":"sched/eng","period":"daily"}""", "channels[1]", "channels[2]", "channels[3]")]
    [InlineData("""{"channels":["sched-ops"],"period":"daily"}""", "channels[0]")]
    public async Task BadSchedule_IsRefusedWithEveryFault(string body, params string[] fields)
    {
        var answer = (await Api.SendAsync("PUT", "/v1/schedules/bad", body, KeyedHost.Admin)).ExpectProblem(400, "invalid_request");
        Assert.Equal(fields.Order(), answer.ErrorFields.Order());
        (await Api.SendAsync("GET", "/v1/schedules/bad", null, KeyedHost.Admin)).ExpectProblem(404, "unknown_schedule");
    }

    [Fact]
    public async Task NameAndUnknownFields_AreRefused()
    {
        Assert.Equal(["name"], (await Api.SendAsync("PUT", "/v1/schedules/Upper", Body, KeyedHost.Admin)).ExpectProblem(400, "invalid_request").ErrorFields);
        (await Api.SendAsync("PUT", "/v1/schedules/odd", Body.Replace("hour", "hours", StringComparison.Ordinal), KeyedHost.Admin)).ExpectProblem(400, "unknown_field");
    }

    [Fact]
    public async Task KeyOfASubtree_HasTheSchedulesOfIt_AndOnlyItsChannels()
    {
        var (eng, _) = await host.NewKeyAsync("admin", "sched/eng");
        var (reader, _) = await host.NewKeyAsync("read", "sched/eng");
        (await Api.SendAsync("PUT", "/v1/schedules/of-all", """{"channels":["sched-all"],"period":"daily"}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        (await Api.SendAsync("PUT", "/v1/channels/sched-eng", """{"type":"slack","url":"https://hooks.invalid/a"}""", eng)).Expect(HttpStatusCode.Created);

        // A channel above it, which others read too, is as unknown as none.
        Assert.Equal(["channels[0]"], (await Api.SendAsync("PUT", "/v1/schedules/mine", Body, eng)).ExpectProblem(400, "invalid_request").ErrorFields);
        var mine = (await Api.SendAsync("PUT", "/v1/schedules/mine", """{"channels":["sched-eng"],"period":"daily"}""", eng)).Expect(HttpStatusCode.Created).Json;
        Assert.Equal("sched/eng", (string)mine["cost_center"]!);
        (await Api.SendAsync("PUT", "/v1/schedules/beside", """{"cost_center":"sched/ops","channels":["sched-eng"],"period":"daily"}""", eng)).ExpectProblem(403, "outside_subtree");
        (await Api.SendAsync("PUT", "/v1/schedules/of-all", """{"channels":["sched-eng"],"period":"daily"}""", eng)).ExpectProblem(409, "name_taken");
        (await Api.SendAsync("GET", "/v1/schedules/of-all", null, eng)).ExpectProblem(404, "unknown_schedule");
        (await Api.SendAsync("DELETE", "/v1/schedules/of-all", null, eng)).ExpectProblem(404, "unknown_schedule");
        Assert.Equal(["mine"], (await Api.SendAsync("GET", "/v1/schedules", null, reader)).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Select(s => (string)s!["name"]!));
        (await Api.SendAsync("PUT", "/v1/schedules/mine", Body, reader)).ExpectProblem(403, "missing_scope");
        (await Api.SendAsync("DELETE", "/v1/schedules/mine", null, reader)).ExpectProblem(403, "missing_scope");
        (await Api.SendAsync("DELETE", "/v1/schedules/mine", null, eng)).Expect(HttpStatusCode.NoContent);
        (await Api.SendAsync("DELETE", "/v1/schedules/of-all", null, KeyedHost.Admin)).Expect(HttpStatusCode.NoContent);
    }
}
