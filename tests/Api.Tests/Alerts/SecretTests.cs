using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Tests.Alerts;

/// <summary>With a host of their own: what a secret may leave behind, and how many channels there may be.</summary>
public class SecretTests
{
    /// <summary>Occurs in each literal secret, and nowhere else.</summary>
    private const string Mark = "5ecretMark5ecretMark";

    private static readonly string[] Bodies =
    [
        $$"""{"type":"webhook","url":"https://hooks.invalid/{{Mark}}","secret":"whsec_{{Mark}}{{Mark}}","under":"leak"}""",
        $$"""{"type":"slack","url":"https://hooks.invalid/{{Mark}}","under":"leak"}""",
        $$"""{"type":"telegram","token":"123456:{{Mark}}{{Mark}}","chat_id":"1","under":"leak"}""",
        $$"""{"type":"pagerduty","routing_key":"{{Mark}}abcdefghijkl","under":"leak"}""",
    ];

    [Fact]
    public async Task Secret_IsOnlyInTheTableOfChannels()
    {
        var logs = new LogLines();
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true", "--Logging:LogLevel:Default=Trace", "--Alerts:TelegramApi=https://telegram.invalid", "--Alerts:PagerDutyApi=https://pagerduty.invalid"], s => s.AddLogging(l => l.AddProvider(logs)));
        var answers = new List<string>();
        for (var i = 0; i < Bodies.Length; i++) await TryAsync(api, $"c{i}", Bodies[i], answers);
        foreach (var path in new[] { "/v1/channels", "/v1/audit", "/v1/alerts", "/openapi/v1.json" }) answers.Add((await api.SendAsync("GET", path)).Expect(HttpStatusCode.OK).Body);
        for (var i = 0; i < Bodies.Length; i++) (await api.SendAsync("DELETE", $"/v1/channels/c{i}")).Expect(HttpStatusCode.NoContent);
        answers.Add((await api.SendAsync("GET", "/v1/audit")).Body);

        Assert.DoesNotContain(answers, a => a.Contains(Mark, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(logs.All, l => l.Contains(Mark, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(Values(api.LedgerFile), v => v.Contains(Mark, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Channel_BeyondTheMost_IsRefused()
    {
        await using var api = await ApiHost.StartAsync(["--Keys:Open=true"]);
        var store = api.Services.GetRequiredService<LedgerStore>();
        var admin = new AdminContext(DateTimeOffset.UtcNow, "test", null);
        for (var i = 0; i < Channel.MaxChannels; i++)
        {
            var channel = new Channel($"c{i}", "none", ChannelType.Email, [], [], new ChannelTarget { To = ["a@example.com"] }, null);
            Assert.Equal(ChannelWrite.Created, await store.Channels.PutChannelAsync(channel, null, admin, CancellationToken.None));
        }

        const string body = """{"type":"email","to":["a@example.com"]}""";
        var refused = (await api.SendAsync("PUT", "/v1/channels/one-more", body)).ExpectProblem(422, "not_storable");
        Assert.Contains("1000", refused.Body, StringComparison.Ordinal);
        (await api.SendAsync("PUT", "/v1/channels/c7", body)).Expect(HttpStatusCode.OK);
        (await api.SendAsync("DELETE", "/v1/channels/c8")).Expect(HttpStatusCode.NoContent);
        (await api.SendAsync("PUT", "/v1/channels/one-more", body)).Expect(HttpStatusCode.Created);
    }

    /// <summary>Sets it, tries it, and waits until the attempt has failed: the address does not exist.</summary>
    private static async Task TryAsync(ApiHost api, string name, string body, List<string> answers)
    {
        answers.Add((await api.SendAsync("PUT", $"/v1/channels/{name}", body)).Expect(HttpStatusCode.Created).Body);
        answers.Add((await api.SendAsync("PUT", $"/v1/channels/{name}", body.Replace("\"under\"", "\"under_\"", StringComparison.Ordinal))).ExpectProblem(400, "unknown_field").Body);
        var id = (string)(await api.SendAsync("POST", $"/v1/channels/{name}/test")).Expect(HttpStatusCode.Accepted).Json["alert_id"]!;
        await Eventually.HoldsAsync(
            $"the test message of {name} was tried",
            async () => (int)(await api.SendAsync("GET", $"/v1/alerts/{id}")).Json["deliveries"]![0]!["attempts"]! > 0);
        answers.Add((await api.SendAsync("GET", $"/v1/alerts/{id}")).Body);
        answers.Add((await api.SendAsync("GET", $"/v1/channels/{name}")).Body);
    }

    /// <summary>Every value of every table but the one of channels.</summary>
    private static List<string> Values(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=false");
        connection.Open();
        var values = new List<string>();
        var tables = Read(connection, "select name from sqlite_schema where type = 'table' and name <> 'channels'");
        Assert.Contains("audit_entries", tables);
        Assert.Contains("deliveries", tables);
        foreach (var table in tables) values.AddRange(Read(connection, $"select * from \"{table}\""));
        return values;
    }

    private static List<string> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            for (var i = 0; i < reader.FieldCount; i++) values.Add(reader.IsDBNull(i) ? "" : reader.GetValue(i) is byte[] bytes ? System.Text.Encoding.UTF8.GetString(bytes) : reader.GetValue(i).ToString()!);
        }

        return values;
    }
}
