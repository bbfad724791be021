using System.Net.Sockets;
using System.Text;
using BudgetEngine.Integration.Tests.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Integration.Tests;

/// <summary>Section "Usage" of the API: a body whose connection is cut ends there; what came before stays recorded, once, and the engine goes on.</summary>
public sealed class CutConnectionTests
{
    private const int Whole = 2_500;

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/json", false)]
    [InlineData("application/x-ndjson", true)]
    [InlineData("application/x-ndjson", false)]
    public async Task Post_ConnectionCutWithinARecord_KeepsWhatCameBeforeAndMayBeRepeated(string type, bool chunked)
    {
        using var store = Store.NewSqlite();
        await using var engine = await EngineHost.StartAsync(store, TimeProvider.System);
        await engine.Caller.SetBudgetAsync("acme", new { daily = 1_000 });
        var lines = type == "application/x-ndjson";
        var records = Enumerable.Range(0, Whole).Select(i => $$"""{"request_id":"r-{{i}}","cost_center":"acme/p{{i % 7}}","cost":0.001}""");
        var body = (lines ? "" : "[") + string.Join(lines ? "\n" : ",", records) + (lines ? "\n" : ",") + """{"request_id":"half","cost_cen""";
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(engine.Address.Host, engine.Address.Port);
            // Closed by a reset, as a killed sender's is.
            client.LingerState = new LingerOption(enable: true, seconds: 1);
            var length = chunked ? "Transfer-Encoding: chunked" : "Content-Length: 5000000";
            var head = $"POST /v1/usage HTTP/1.1\r\nHost: {engine.Address.Authority}\r\nContent-Type: {type}\r\n{length}\r\n\r\n";
            var framed = chunked ? $"{Encoding.UTF8.GetByteCount(body):x}\r\n{body}\r\n" : body;
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(head + framed));
        }

        // Of a chunked body all that came is there. With a length the server drops what comes together with the cut: no sender was told otherwise.
        if (chunked) await Eventually.HoldsAsync("all whole records are there", async () => (await engine.Caller.ExportAsync()).Count >= Whole);
        var repeated = (await engine.Caller.PostNdJsonAsync("/v1/usage", Enumerable.Range(0, Whole).Select(i => (object)new { request_id = $"r-{i}", cost_center = $"acme/p{i % 7}", cost = 0.001 }))).Is(200);
        var duplicates = repeated.GetProperty("duplicates").GetInt32();
        Assert.Equal(Whole, duplicates + repeated.GetProperty("recorded").GetInt32());
        if (chunked) Assert.Equal(Whole, duplicates);
        var rows = await engine.Caller.ExportAsync();
        Assert.Equal(Enumerable.Range(0, Whole).Select(i => $"r-{i}").Order(StringComparer.Ordinal), rows.Select(r => r.RequestId).Order(StringComparer.Ordinal));
        await engine.Caller.AssertConsistentAsync();
    }
}
