using System.Security.Cryptography;
using System.Text;
using BudgetEngine.Alerts.Payloads;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;

namespace BudgetEngine.Alerts.Tests.Payloads;

/// <summary>Standard Webhooks 1.0.0, held to its test vector and to a second implementation that shares no code with ours.</summary>
public sealed class SignatureTests
{
    [Fact]
    public void Sign_TheTestVector_IsTheKnownSignature() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSignature.Sign(WebhookSignature.Keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8));

    [Theory]
    [InlineData(24)]
    [InlineData(48)]
    [InlineData(63)]
    [InlineData(64)]
    public void Sign_WithKeysOfEveryLength_IsWhatAnotherImplementationComputes(int bytes)
    {
        var key = Enumerable.Range(1, bytes).Select(i => (byte)(i * 7)).ToArray();
        var body = Encoding.UTF8.GetBytes("{\"é\":\"𝔘\"}");
        var signature = WebhookSignature.Sign(WebhookSignature.Keys("whsec_" + Convert.ToBase64String(key))!, "al_1", 1_700_000_000, body);
        Assert.Equal("v1," + Convert.ToBase64String(Hmac(key, [.. "al_1.1700000000."u8, .. body])), signature);
    }

    [Fact]
    public async Task Webhook_WithTwoSecrets_IsSignedByBothAndOverTheBytesThatArrive()
    {
        var (old, young) = ("whsec_" + Convert.ToBase64String(new byte[24]), TestSender.WebhookSecret);
        await using var receiver = await WebReceiver.AnsweringAsync(204);
        using var sender = TestSender.Create();
        Assert.Equal(SendResultSent, (await sender.SendAsync(TestSender.Webhook(receiver.Url + "/hook", $"{young} {old}"), TestAlerts.Message(TestAlerts.Threshold()), CancellationToken.None)).Result.ToString());
        var request = Assert.Single(receiver.Requests);
        var signed = (byte[])[.. Encoding.ASCII.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}."), .. request.Body];
        var expected = new[] { young, old }.Select(s => "v1," + Convert.ToBase64String(Hmac(Convert.FromBase64String(s["whsec_".Length..]), signed)));
        Assert.Equal(string.Join(' ', expected), request.Headers["webhook-signature"]);
        Assert.Equal(TestAlerts.Id, request.Headers["webhook-id"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_not*base64*at*all*not*base64*at*all")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw other")]
    [InlineData("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void Keys_OfWhatIsNoSecret_AreNull(string secret) => Assert.Null(WebhookSignature.Keys(secret));

    [Fact]
    public void Keys_BeyondTheLimits_AreNull()
    {
        Assert.Null(WebhookSignature.Keys("whsec_" + Convert.ToBase64String(new byte[23])));
        Assert.Null(WebhookSignature.Keys("whsec_" + Convert.ToBase64String(new byte[65])));
        Assert.Null(WebhookSignature.Keys(string.Join(' ', Enumerable.Repeat(TestSender.WebhookSecret, 5))));
    }

    private const string SendResultSent = "Sent";

    /// <summary>HMAC as RFC 2104 defines it, from the hash alone.</summary>
    private static byte[] Hmac(byte[] key, byte[] message)
    {
        var block = new byte[64];
        key.CopyTo(block, 0);
        var inner = SHA256.HashData([.. block.Select(b => (byte)(b ^ 0x36)), .. message]);
        return SHA256.HashData([.. block.Select(b => (byte)(b ^ 0x5C)), .. inner]);
    }
}
