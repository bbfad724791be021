using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>Batches: never all or nothing; what came before a break stays recorded.</summary>
[Collection(nameof(OpenHost))]
public class BatchTests(OpenHost host)
{
    [Fact]
    public async Task Array_OfGoodAndBadRecords_RecordsTheGoodOnes()
    {
        const string body = """
            [{"request_id":"m1","cost_center":"mixed/a","cost":1},
             {"request_id":"m2","cost_center":"mixed//a","cost":-1},
             {"request_id":"m1","cost_center":"mixed/a","cost":1},
             {"request_id":"m1","cost_center":"mixed/a","cost":2},
             7,
             {"request_id":"m3","cost_center":"mixed/b","cost":0.5}]
            """;
        var reply = (await host.Api.SendAsync("POST", "/v1/usage", body)).Expect(HttpStatusCode.OK);
        Assert.Equal((2, 1, 3), Counts(reply));
        Assert.Equal(["recorded", "rejected", "duplicate", "rejected", "rejected", "recorded"], reply.Json["results"]!.AsArray().Select(r => (string)r!["result"]!));
        Assert.Equal(["cost_center", "cost"], reply.Json["results"]![1]!["errors"]!.AsObject().Select(e => e.Key));
        Assert.Equal("request_id_conflict", (string?)reply.Json["results"]![3]!["code"]);
        Assert.Equal("1.5", await SpentAsync("mixed"));
    }

    [Theory]
    [InlineData("broken-1", "[{R1},{R2},{\"request_id\":")]
    [InlineData("broken-2", "[{R1},{R2},{\"request_id\":tru}]")]
    [InlineData("broken-3", "[{R1},{R2},]")]
    [InlineData("broken-4", "[{R1},{R2}")]
    [InlineData("broken-5", "[{R1},{R2}] x")]
    public async Task Array_ThatBreaksOff_KeepsWhatCameBefore(string tenant, string shape)
    {
        var reply = (await host.Api.SendAsync("POST", "/v1/usage", Fill(shape, tenant))).ExpectProblem(400, "malformed_batch");
        Assert.Equal((2, 0, 0), Counts(reply));
        Assert.Equal("3", await SpentAsync(tenant));
    }

    [Fact]
    public async Task Array_OfMoreThan10000_Is413AndKeepsTheFirst10000()
    {
        var records = Enumerable.Range(0, 10_001).Select(i => $$"""{"request_id":"t{{i}}","cost_center":"too-many/x","cost":0.001}""");
        var reply = (await host.Api.SendAsync("POST", "/v1/usage", "[" + string.Join(",", records) + "]")).ExpectProblem(413, "too_many_records");
        Assert.Equal((10_000, 0, 0), Counts(reply));
        Assert.Equal(10_000, reply.Json["results"]!.AsArray().Count);
        Assert.Equal("10", await SpentAsync("too-many"));
    }

    [Fact]
    public async Task Array_Over8MiB_Is413()
    {
        var body = "[" + string.Join(",", Enumerable.Repeat("{\"x\":\"" + new string('x', 60_000) + "\"}", 150)) + "]";
        (await host.Api.SendAsync("POST", "/v1/usage", body)).ExpectProblem(413, "body_too_large");
    }

    [Fact]
    public async Task NdJson_WithABadLine_RejectsThatLineOnly()
    {
        const string body = """
            {"request_id":"n1","cost_center":"lines/x","cost":1}
            {"request_id":

            not json
            {"request_id":"n2","cost_center":"lines/x","cost":2}
            """;
        var reply = (await PostAsync(Encoding.UTF8.GetBytes(body), "application/x-ndjson")).Expect(HttpStatusCode.OK);
        Assert.Equal((2, 0, 2), Counts(reply));
        Assert.Equal([1, 2], reply.Json["results"]!.AsArray().Select(r => (int)r!["index"]!));
        Assert.Equal("3", await SpentAsync("lines"));
    }

    [Fact]
    public async Task NdJson_WithALineOver64KiB_RejectsThatLineOnly()
    {
        var body = Fill("{R1}\n{\"preview\":\"" + new string('x', 300_000) + "\"}\n{R2}\n", "long-line");
        var reply = (await PostAsync(Encoding.UTF8.GetBytes(body), "application/x-ndjson")).Expect(HttpStatusCode.OK);
        Assert.Equal((2, 0, 1), Counts(reply));
        Assert.Equal("record_too_large", (string?)reply.Json["results"]![0]!["code"]);
    }

    [Fact]
    public async Task Json_OfTwoObjects_IsTakenAsLines()
    {
        var reply = (await host.Api.SendAsync("POST", "/v1/usage", Fill("{R1}\n{R2}", "two-objects"))).Expect(HttpStatusCode.OK);
        Assert.Equal((2, 0, 0), Counts(reply));
    }

    [Fact]
    public async Task NdJson_OfManyThousandGzipped_IsRecordedWhole()
    {
        var records = Enumerable.Range(0, 12_345).Select(i => $$"""{"request_id":"g{{i}}","cost_center":"gzipped/c{{i % 7}}","cost":0.001}""");
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(string.Join("\n", records)));
        var reply = (await PostAsync(packed.ToArray(), "application/x-ndjson", "gzip")).Expect(HttpStatusCode.OK);
        Assert.Equal((12_345, 0, 0), Counts(reply));
        Assert.Empty(reply.Json["results"]!.AsArray());
        Assert.Equal("12.345", await SpentAsync("gzipped"));
    }

    [Fact]
    public async Task Gzip_ThatIsABomb_StopsAtTheLimit()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync("{\"x\":\""u8.ToArray());
            var zeros = new byte[1 << 20];
            Array.Fill(zeros, (byte)'x');
            for (var i = 0; i < 64; i++) await gzip.WriteAsync(zeros);
        }

        Assert.True(packed.Length < 100_000);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Api.Address, "/v1/check")) { Content = new ByteArrayContent(packed.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content.Headers.ContentEncoding.Add("gzip");
        (await host.Api.SendAsync(request)).ExpectProblem(413, "body_too_large");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(12)]
    public async Task Gzip_ThatBreaksOff_IsSaidToBe_AndItsWholeRecordsStand(int cut)
    {
        var tenant = $"gzip-cut-{cut}";
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression, leaveOpen: true)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(Fill("{R1}\n{R2}\n", tenant)));
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Api.Address, "/v1/usage")) { Content = new ByteArrayContent(packed.ToArray()[..^cut]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        request.Content.Headers.ContentEncoding.Add("gzip");

        var reply = (await host.Api.SendAsync(request)).ExpectProblem(400, "malformed_batch");

        // Of the last record it is not known whether it was whole.
        Assert.Equal(1, (int)reply.Json["recorded"]!);
    }

    [Fact]
    public async Task Gzip_ThatIsNone_Is400() =>
        (await host.Api.SendAsync("POST", "/v1/check", "not gzip", "Content-Encoding: gzip")).ExpectProblem(400, "malformed_json");

    [Theory]
    [InlineData("cut-array", "application/json", "[{R1},{R2},{\"request_id\":\"half")]
    [InlineData("cut-lines", "application/x-ndjson", "{R1}\n{R2}\n{\"request_id\":\"half")]
    public async Task Connection_CutInTheMiddle_KeepsWhatWasReadWhole(string tenant, string type, string shape)
    {
        var body = Fill(shape, tenant);
        using var client = new TcpClient();
        await client.ConnectAsync(host.Api.Address.Host, host.Api.Address.Port);
        var head = $"POST /v1/usage HTTP/1.1\r\nHost: {host.Api.Address.Authority}\r\nContent-Type: {type}\r\nContent-Length: {body.Length + 1000}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(head + body));
        // What was read whole is posted while the sender is silent; the cut must take nothing of it away.
        await Eventually.HoldsAsync("both whole records are booked", async () => await SpentAsync(tenant) == "3");
        client.Client.Close();
        var report = await host.Api.SendAsync("GET", $"/v1/consistency?cost_center={tenant}");
        Assert.True((bool)report.Json["consistent"]!, report.Body);
        Assert.Equal(2, (int)report.Json["rows_checked"]!);
    }

    private static (int Recorded, int Duplicates, int Rejected) Counts(ApiReply reply) =>
        ((int)reply.Json["recorded"]!, (int)reply.Json["duplicates"]!, (int)reply.Json["rejected"]!);

    private static string Fill(string shape, string tenant) => shape
        .Replace("{R1}", $$"""{"request_id":"r1","cost_center":"{{tenant}}/x","cost":1}""", StringComparison.Ordinal)
        .Replace("{R2}", $$"""{"request_id":"r2","cost_center":"{{tenant}}/x","cost":2}""", StringComparison.Ordinal);

    private async Task<string?> SpentAsync(string tenant)
    {
        var reply = await host.Api.SendAsync("GET", $"/v1/cost-centers/{tenant}");
        return reply.Status == HttpStatusCode.OK ? reply.Json["spent_month"]!.ToJsonString() : null;
    }

    private Task<ApiReply> PostAsync(byte[] body, string type, string? encoding = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Api.Address, "/v1/usage")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null) request.Content.Headers.ContentEncoding.Add(encoding);
        return host.Api.SendAsync(request);
    }
}
