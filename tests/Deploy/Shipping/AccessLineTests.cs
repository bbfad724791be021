using System.Text;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Yaml;
using BudgetEngine.Shipping.Lines;

namespace BudgetEngine.Deploy.Shipping;

/// <summary>What a line of an access log settles.</summary>
public sealed class AccessLineTests
{
    [Fact]
    public void Nginx_TextsAsItWritesThem_AreRead()
    {
        var record = Read("""{"request_id":"n-1","reservation_id":"rsv_1","time":"2026-11-28T17:00:00+00:00","status":"200","cost":"0.0025","cost_center":"acme/search","user":"u-1","path":"/v1/chat?x=1","duration":"0.125"}""");
        Assert.Equal(
            new SettlementRecord { RequestId = "n-1", ReservationId = "rsv_1", CostCenter = "acme/search", User = "u-1", Cost = "0.0025", Timestamp = "2026-11-28T17:00:00+00:00", LatencyMs = 125m, RequestPath = "/v1/chat" },
            record);
    }

    [Fact]
    public void Envoy_NumbersAndNulls_AreRead_UnderTheReservationAsId()
    {
        var record = Read("""{"reservation_id":"rsv_1","time":"2026-11-28T17:00:00.123Z","status":200,"cost":null,"model":"gpt-4.1","input_tokens":12,"output_tokens":"7","path":"/v1/x","duration_ms":31}""");
        Assert.Equal(
            new SettlementRecord { RequestId = "rsv_1", ReservationId = "rsv_1", Model = "gpt-4.1", InputTokens = 12, OutputTokens = 7, Timestamp = "2026-11-28T17:00:00.123Z", LatencyMs = 31m, RequestPath = "/v1/x" }, record);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { (byte)'\\', (byte)'u', (byte)'d', (byte)'8', (byte)'0', (byte)'0' })]
    public void Address_ThatIsNoText_LeavesTheRestOfTheLine(byte[] bytes)
    {
        // GET /v1/%ff, which nginx decodes and writes as it is.
        byte[] line = [.. "{\"reservation_id\":\"rsv_1\",\"status\":\"200\",\"cost\":\"1\",\"path\":\"/"u8, .. bytes, .. "\",\"duration\":\"1e28\"}"u8];
        Assert.True(AccessLine.TryRead(line, out var record));
        Assert.Equal(new SettlementRecord { RequestId = "rsv_1", ReservationId = "rsv_1", Cost = "1" }, record);
    }

    [Fact]
    public void Address_OfAnyLength_IsCut()
    {
        var path = "/" + new string('a', 254) + "\U0001F600";
        Assert.Equal(path[..255], Read("{\"reservation_id\":\"rsv_1\",\"status\":\"200\",\"cost\":\"1\",\"path\":\"" + path + "\"}")?.RequestPath);
    }

    [Fact]
    public void Caddy_ItsOwnFormat_IsRead()
    {
        var record = Read("""{"level":"info","ts":1795885200.5,"request":{"uri":"/v1/x?y","headers":{"X-Budget-Reservation":["forged"]}},"duration":0.25,"status":200,"resp_headers":{"X-Budget-Reservation":["rsv_1"],"X-Usage-Cost":["0.5"]}}""");
        Assert.Equal(new SettlementRecord { RequestId = "rsv_1", ReservationId = "rsv_1", Cost = "0.5", Timestamp = "2026-11-28T17:00:00.5000000+00:00", LatencyMs = 250m, RequestPath = "/v1/x" }, record);
    }

    [Theory]
    [InlineData("""{"reservation_id":"rsv_1","status":"503","cost":""}""")]
    [InlineData("""{"reservation_id":"rsv_1","status":400}""")]
    [InlineData("""{"status":502,"resp_headers":{"X-Budget-Reservation":["rsv_1"]}}""")]
    public void AFailureWithoutACost_GivesItsHoldBack(string line) =>
        Assert.Equal(new SettlementRecord { RequestId = "rsv_1", ReservationId = "rsv_1", Status = "error", Cost = "0" }, Read(line));

    [Fact]
    public void AFailureWithACost_CostsThat() => Assert.Equal(("0.1", null), Read("""{"reservation_id":"rsv_1","status":"500","cost":"0.1"}""") is { } r ? (r.Cost, r.Status) : default);

    [Fact]
    public void WhatPassedWithoutAReservation_IsRecordedWhereTheGatewaySays() =>
        Assert.Equal("n-1", Read("""{"request_id":"n-1","reservation_id":"","status":"200","cost":"0.1","cost_center":"acme"}""")?.RequestId);

    [Theory]
    [InlineData("""{"reservation_id":"rsv_1","status":"200","cost":"-"}""")]
    [InlineData("""{"reservation_id":"rsv_1","status":"200","cost":"1,\"final\":false"}""")]
    [InlineData("""{"reservation_id":"rsv_1","status":"200","cost":"-1"}""")]
    [InlineData("""{"reservation_id":"rsv_1","status":"200","cost":"1e9999"}""")]
    [InlineData("""{"reservation_id":"rsv_1","status":"200"}""")]
    [InlineData("""{"request_id":"n-1","status":"429","cost":""}""")]
    [InlineData("""{"status":"200","cost":"1","cost_center":"acme"}""")]
    [InlineData("""{"status":"401","resp_headers":{}}""")]
    [InlineData("{}")]
    public void ASoundLineThatSaysNothing_IsLeft(string line) => Assert.Null(Read(line));

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1 - - [28/Nov/2026] \"POST /v1/x\" 200")]
    [InlineData("""{"reservation_id":"rsv_1","cost":"1" """)]
    [InlineData("[]")]
    [InlineData("null")]
    public void WhatIsNoObject_IsBad(string line) => Assert.False(AccessLine.TryRead(Encoding.UTF8.GetBytes(line), out _));

    /// <summary>Envoy itself is not started here: its log's fields are those that are read.</summary>
    [Fact]
    public void EnvoysShippedLog_HasTheFieldsThatAreRead()
    {
        var listener = YamlText.ReadFile(Files.Deploy("gateways", "envoy", "envoy.yaml"))["static_resources"]!["listeners"]![0]!;
        var format = listener["filter_chains"]![0]!["filters"]![0]!["typed_config"]!["access_log"]![0]!["typed_config"]!["log_format"]!["json_format"]!;
        format["reservation_id"] = "rsv_1";
        (format["time"], format["status"], format["cost"], format["path"], format["duration_ms"]) = ("2026-11-28T17:00:00.123Z", 200, "0.5", "/v1/x", 12);
        Assert.Equal(
            new SettlementRecord { RequestId = "rsv_1", ReservationId = "rsv_1", Cost = "0.5", Timestamp = "2026-11-28T17:00:00.123Z", LatencyMs = 12m, RequestPath = "/v1/x" }, Read(format.ToJsonString()));
    }

    private static SettlementRecord? Read(string line)
    {
        Assert.True(AccessLine.TryRead(Encoding.UTF8.GetBytes(line), out var record));
        return record;
    }
}
