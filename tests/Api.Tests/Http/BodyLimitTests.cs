using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Tests.Http;

/// <summary>What one sender of bodies can take: bytes, memory, time.</summary>
public sealed class BodyLimitTests : IAsyncLifetime
{
    private ApiHost _api = default!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(["--Keys:Open=true", "--Api:BodyWithin=00:00:01"]);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Check_WithABodyOfMoreThanKilobytes_IsRefused_AndTheConnectionGoesOn()
    {
        var body = $$"""{"cost_center":"limits","amount":1,"unknown":"{{new string('x', 40_000)}}"}""";
        (await _api.SendAsync("POST", "/v1/check", body)).ExpectProblem(413, "body_too_large");
        (await _api.SendAsync("POST", "/v1/check", """{"cost_center":"limits","amount":1}""")).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/v1/check", "413")]
    [InlineData("/v1/nothing", "404")]
    public async Task Body_ThatGrowsOn_IsAnsweredBeforeItsEnd(string path, string status)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_api.Address.Host, _api.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {_api.Address.Authority}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
        var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string(' ', 0x10000) + "\r\n");
        for (var i = 0; i < 6; i++) await stream.WriteAsync(chunk);
        var answer = new byte[12];
        await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(15));
        Assert.Equal("HTTP/1.1 " + status, Encoding.ASCII.GetString(answer));
    }

    [Fact]
    public async Task Check_WhoseLengthIsMoreThanTheServerTakes_IsAnsweredAllTheSame()
    {
        for (var i = 0; i < 20; i++)
        {
            var answer = await RawHttp.SendAsync(_api.Address, $"POST /v1/check HTTP/1.1\r\nHost: {_api.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 40000000\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void RefusedBodies_HaveSoManyBytesASecondTogether()
    {
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        var bodies = new RefusedBodies(clock);
        const int piece = 64 * 1024;
        var pieces = 0;
        while (bodies.Take(piece) == TimeSpan.Zero) pieces++;
        Assert.Equal(RefusedBodies.BurstBytes / piece, pieces);

        // Whoever waits as long as it is told reads at the rate of all, however many there are.
        var read = 0L;
        for (; clock.GetUtcNow() < DateTimeOffset.UnixEpoch.AddSeconds(10); read += piece) clock.Advance(bodies.Take(piece)!.Value);
        Assert.InRange(read, 9L * RefusedBodies.BytesPerSecond, 10L * RefusedBodies.BytesPerSecond);

        // Whoever does not wait finds a line that is no longer than so, and those that find it too long make it no longer.
        for (var i = 0; i < 10_000; i++) Assert.True(bodies.Take(piece) is not { } wait || wait <= RefusedBodies.LongestLine + TimeSpan.FromMilliseconds(5));
        Assert.Null(bodies.Take(piece));
        clock.Advance(TimeSpan.FromMilliseconds(10));
        Assert.NotNull(bodies.Take(piece));

        clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < RefusedBodies.BurstBytes / piece; i++) Assert.Equal(TimeSpan.Zero, bodies.Take(piece));
    }

    /// <summary>Left to finalizers, unpacked bodies outlive collections, and what they read with them.</summary>
    [Fact]
    public async Task Gzip_IsDisposedOfWithItsRequest()
    {
        var (context, ended) = (new DefaultHttpContext(), new Ended());
        context.Features.Set<IHttpResponseFeature>(ended);
        context.Request.Headers.ContentEncoding = "gzip";
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(new byte[200_000]);
        context.Request.Body = new MemoryStream(packed.ToArray());
        using var parts = _api.Services.GetRequiredService<BodyReader>().OpenParts(context, out _)!;
        var read = await parts.ReadAsync();
        Assert.False(read.Buffer.IsEmpty);
        parts.AdvanceTo(read.Buffer.End, read.Buffer.End);

        foreach (var (callback, state) in ended.Callbacks) await callback(state);

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await parts.ReadAsync());
    }

    private sealed class Ended : HttpResponseFeature
    {
        public List<(Func<object, Task> Callback, object State)> Callbacks { get; } = [];

        public override void OnCompleted(Func<object, Task> callback, object state) => Callbacks.Add((callback, state));
    }

    [Theory]
    [InlineData("/v1/check", "application/json")]
    [InlineData("/v1/usage", "application/json")]
    [InlineData("/v1/usage", "application/x-ndjson")]
    [InlineData("/v1/ingest/litellm", "application/json")]
    public async Task Body_ThatStopsInTheMiddle_IsNotWaitedForLongerThanItMayTake(string path, string type)
    {
        var answer = await RawHttp.SendAsync(
            _api.Address, $"POST {path} HTTP/1.1\r\nHost: {_api.Address.Authority}\r\nConnection: close\r\nContent-Type: {type}\r\nContent-Length: 1000\r\n\r\n{{\"cost_center\":");
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("body_too_slow", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ThatPausesBetweenTwoRecords_IsReadOn()
    {
        var lines = new[] { "p1", "p2" }.Select(id => $$"""{"request_id":"{{id}}","cost_center":"limits-pause","cost":1}""" + "\n").ToArray();
        using var client = new TcpClient();
        await client.ConnectAsync(_api.Address.Host, _api.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/usage HTTP/1.1\r\nHost: {_api.Address.Authority}\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\nContent-Length: {lines.Sum(l => l.Length)}\r\n\r\n{lines[0]}"));
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(lines[1]));
        var answer = await new StreamReader(stream).ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(15));
        Assert.Contains("\"recorded\":2", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n", 20_000_000)]
    [InlineData("{}\n", 9_000_000)]
    public async Task Gzip_ThatHoldsFarMoreThanItsSize_IsReadNoFurther(string pattern, int length)
    {
        var packed = Pack(pattern, length);
        var reply = await PostGzipAsync(packed);
        reply.ExpectProblem(413, "body_too_large");
        Assert.InRange((long)reply.Json["rejected"]!, 0, packed.Length * 100 / pattern.Length);
    }

    [Fact]
    public async Task Gzip_OfHonestRecords_IsTaken()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 3_000; i++) text.Append($$"""{"request_id":"gz-{{i}}","cost_center":"limits-gzip/{{i % 7}}","cost":{{i}}e-6,"user":"u-{{i % 90}}"}""").Append('\n');
        Assert.Equal(3_000, (long)(await PostGzipAsync(Pack(text.ToString(), text.Length))).Expect(HttpStatusCode.OK).Json["recorded"]!);
    }

    [Fact]
    public void Room_OfOneKey_EndsBeforeThatOfAll()
    {
        var room = new BodyRoom(Options.Create(new ApiOptions { MaxBufferedBytes = 400 }));
        Assert.True(room.TryTake("a", 100));
        Assert.False(room.TryTake("a", 1));
        foreach (var key in new[] { "b", "c", "d" }) Assert.True(room.TryTake(key, 100));
        Assert.False(room.TryTake("e", 1));
        room.Give("a", 60);
        Assert.True(room.TryTake("e", 60));
        Assert.False(room.TryTake("a", 1));
    }

    private async Task<ApiReply> PostGzipAsync(byte[] packed)
    {
        var content = new ByteArrayContent(packed);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        content.Headers.ContentEncoding.Add("gzip");
        return await _api.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(_api.Address, "/v1/usage")) { Content = content });
    }

    private static byte[] Pack(string pattern, int length)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var bytes = Encoding.UTF8.GetBytes(pattern);
            for (var left = length; left > 0; left -= bytes.Length) gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
