using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Tests.Http;

/// <summary>Servers that do what no server should: each ends within the time limit, in bounded memory, with the right outcome.</summary>
public sealed class MisbehaviourTests
{
    [Theory]
    [InlineData("", "the connection broke off before the answer")]
    [InlineData("HTTP/1.1 20", "the connection broke off before the answer")]
    [InlineData("HTTP/1.1 200 OK\nContent-Len", "the connection broke off before the answer")]
    [InlineData("SSH-2.0-OpenSSH_9.2\n\n", "the answer is not HTTP")]
    public async Task Send_CutBeforeTheAnswer_Fails(string bytes, string error)
    {
        await using var receiver = RawReceiver.Saying(bytes);
        Assert.Equal(new SendOutcome(SendResult.Failed, error, null), await SendAsync(ChannelType.Webhook, receiver.Url));
    }

    [Fact]
    public async Task Send_CutOnceBeforeTheAnswer_IsMadeAgainOnAnotherConnection()
    {
        // As a kept connection that the other side has just closed.
        var connections = 0;
        await using var receiver = new RawReceiver(async (stream, stop) =>
        {
            if (Interlocked.Increment(ref connections) > 1) await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop);
        });
        Assert.Equal(SendOutcome.Sent, await SendAsync(ChannelType.Webhook, receiver.Url));
        Assert.Equal(2, connections);
    }

    [Theory]
    [InlineData("Webhook", "Sent")]
    [InlineData("Discord", "Sent")]
    [InlineData("Teams", "Sent")]
    [InlineData("PagerDuty", "Sent")]
    [InlineData("Slack", "Failed")]
    [InlineData("Telegram", "Failed")]
    public async Task Send_CutWithinTheBody_CountsTheStatusWhereItAloneSaysSo(string type, string result)
    {
        // It promises a thousand bytes and sends one.
        await using var receiver = RawReceiver.Saying("HTTP/1.1 200 OK\nContent-Length: 1000\n\n{");
        Assert.Equal(result, (await SendAsync(Enum.Parse<ChannelType>(type), receiver.Url)).Result.ToString());
    }

    [Fact]
    public async Task Send_CutWithinTheBodyOfARefusal_KeepsWhatTheHeadersSaid()
    {
        await using var receiver = RawReceiver.Saying("HTTP/1.1 429 Too Many Requests\nRetry-After: 12\nContent-Length: 1000\n\n{\"retry");
        Assert.Equal(new SendOutcome(SendResult.Failed, "answered 429", TimeSpan.FromSeconds(12)), await SendAsync(ChannelType.Discord, receiver.Url));
    }

    [Theory]
    [InlineData("Webhook", 200, "Sent")]
    [InlineData("Slack", 200, "Failed")]
    [InlineData("Telegram", 200, "Failed")]
    [InlineData("Discord", 429, "Failed")]
    [InlineData("PagerDuty", 400, "Refused")]
    public async Task Send_ToAnEndlessBody_ReadsItsBeginningOnly(string type, int status, string result)
    {
        long written = 0;
        await using var receiver = new RawReceiver(async (stream, stop) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nTransfer-Encoding: chunked\r\n\r\n"), stop);
            var chunk = Encoding.ASCII.GetBytes("400\r\n" + new string('a', 0x400) + "\r\n");
            while (true)
            {
                await stream.WriteAsync(chunk, stop);
                Interlocked.Add(ref written, chunk.Length);
            }
        });
        Assert.Equal(result, (await SendAsync(Enum.Parse<ChannelType>(type), receiver.Url)).Result.ToString());
        // What the sockets hold of it may be more than we read; it is not endless.
        Assert.InRange(Interlocked.Read(ref written), 0, 64 << 20);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\n")]
    public async Task Send_ToAServerThatHangs_FailsAfterTheTimeLimit(string bytes)
    {
        await using var receiver = new RawReceiver(async (stream, stop) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(bytes.ReplaceLineEndings("\r\n")), stop);
            await Task.Delay(Timeout.Infinite, stop);
        });
        Assert.Equal(new SendOutcome(SendResult.Failed, "no answer within 0.3 s", null), await SendAsync(ChannelType.Webhook, receiver.Url, o => o.SendTimeout = TimeSpan.FromMilliseconds(300)));
    }

    [Fact]
    public async Task Send_ToABodyThatTrickles_FailsAfterTheTimeLimit()
    {
        await using var receiver = new RawReceiver(async (stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"u8.ToArray(), stop);
            await Task.Delay(Timeout.Infinite, stop);
        });
        Assert.Equal(SendResult.Failed, (await SendAsync(ChannelType.Slack, receiver.Url, o => o.SendTimeout = TimeSpan.FromMilliseconds(300))).Result);
    }

    [Fact]
    public async Task Send_ToHeadersWithoutEnd_Fails()
    {
        await using var receiver = RawReceiver.Saying("HTTP/1.1 200 OK\nX: " + new string('x', 100_000) + "\n\n");
        Assert.Equal(new SendOutcome(SendResult.Failed, "the answer's headers are too long", null), await SendAsync(ChannelType.Webhook, receiver.Url));
    }

    [Fact]
    public async Task Send_ToAClosedPort_Fails()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Assert.Equal(new SendOutcome(SendResult.Failed, "the host cannot be reached (ConnectionRefused)", null), await SendAsync(ChannelType.Webhook, $"http://127.0.0.1:{port}"));
    }

    [Fact]
    public async Task Send_ToANameThatIsNone_Fails()
    {
        using var sender = TestSender.Create(resolve: (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        var outcome = await sender.SendAsync(TestSender.Webhook("https://hooks.example.com/x"), TestAlerts.Message(TestAlerts.Threshold()), CancellationToken.None);
        Assert.Equal(new SendOutcome(SendResult.Failed, "the host's name cannot be looked up", null), outcome);
    }

    [Fact]
    public async Task Send_ToAServerWithACertificateThatNobodyVouchesFor_Fails()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var receiver = await WebReceiver.StartAsync(_ => Task.CompletedTask, certificate);
        var outcome = await SendAsync(ChannelType.Webhook, receiver.Url);
        Assert.Equal(new SendOutcome(SendResult.Failed, "no safe connection: the certificate is not valid for the host, or TLS failed", null), outcome);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Send_WithAProxyForTheProcess_GoesStraight()
    {
        await using var proxy = await WebReceiver.AnsweringAsync(200);
        await using var receiver = await WebReceiver.AnsweringAsync(200);
        // What the environment says is read once for the process, and kept there.
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(proxy.Url);
        try
        {
            Assert.Equal(SendResult.Sent, (await SendAsync(ChannelType.Webhook, receiver.Url)).Result);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }

        Assert.Empty(proxy.Requests);
        Assert.Single(receiver.Requests);
    }

    private static async Task<SendOutcome> SendAsync(ChannelType type, string url, Action<AlertChannelOptions>? options = null)
    {
        using var sender = TestSender.Create(TestSender.To(url) + options);
        return await sender.SendAsync(TestSender.Over(type, url), TestAlerts.Message(TestAlerts.Threshold()), CancellationToken.None);
    }
}
