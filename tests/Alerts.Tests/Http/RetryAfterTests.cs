using System.Globalization;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Domain.Alerts;
using Microsoft.Extensions.Time.Testing;

namespace BudgetEngine.Alerts.Tests.Http;

/// <summary>Every way in which a service asks for time, over a real connection.</summary>
public sealed class RetryAfterTests
{
    private static readonly DateTimeOffset Now = TestAlerts.At;

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    [InlineData("0", 0.0)]
    [InlineData("7", 7.0)]
    [InlineData(" 7 ", 7.0)]
    [InlineData("1.5", 1.5)]
    [InlineData("3600", 3600.0)]
    [InlineData("86400", 3600.0)]
    [InlineData("99999999999999999999999999999999999999", 3600.0)]
    [InlineData("Sat, 21 Nov 2026 10:00:30 GMT", 30.0)]
    [InlineData("Saturday, 21-Nov-26 10:00:30 GMT", 30.0)]
    [InlineData("Sat Nov 21 10:00:30 2026", 30.0)]
    [InlineData("Sat, 21 Nov 2026 09:00:00 GMT", 0.0)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0)]
    public async Task Header_OfAnswer429_IsTheWait(string? header, double? seconds)
    {
        await using var receiver = await WebReceiver.AnsweringAsync(429, "", header);
        Assert.Equal(seconds, await WaitAsync(ChannelType.Webhook, receiver.Url));
    }

    [Theory]
    [InlineData(503, 9.0)]
    [InlineData(500, 9.0)]
    [InlineData(408, 9.0)]
    [InlineData(404, null)]
    [InlineData(410, null)]
    [InlineData(301, null)]
    public async Task Header_CountsForAnswersThatAreTriedAgain(int status, double? seconds)
    {
        await using var receiver = await WebReceiver.AnsweringAsync(status, "", "9");
        Assert.Equal(seconds, await WaitAsync(ChannelType.Slack, receiver.Url));
    }

    [Theory]
    [InlineData("{\"message\":\"You are being rate limited.\",\"retry_after\":0.64,\"global\":false}", 0.64)]
    [InlineData("{\"retry_after\":64.57}", 64.57)]
    [InlineData("{\"retry_after\":1000}", 1000.0)]
    [InlineData("{\"retry_after\":1337}", 1.337)]
    [InlineData("{\"retry_after\":1337.5}", 1337.5)]
    [InlineData("{\"retry_after\":1e300}", 2.0)]
    [InlineData("{\"retry_after\":1e20}", 3600.0)]
    [InlineData("{\"retry_after\":-1}", 0.0)]
    [InlineData("{\"retry_after\":\"5\"}", 2.0)]
    [InlineData("[1]", 2.0)]
    [InlineData("nothing", 2.0)]
    public async Task Discord_SaysSecondsWithDecimals_AndTheHeaderIsTheFallback(string body, double seconds)
    {
        await using var receiver = await WebReceiver.AnsweringAsync(429, body, "2");
        Assert.Equal(seconds, await WaitAsync(ChannelType.Discord, receiver.Url));
    }

    [Theory]
    [InlineData(429, "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry after 35\",\"parameters\":{\"retry_after\":35}}", 35.0)]
    [InlineData(200, "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests\",\"parameters\":{\"retry_after\":35}}", 35.0)]
    [InlineData(429, "{\"ok\":false,\"parameters\":{\"retry_after\":999999999}}", 3600.0)]
    [InlineData(429, "{\"ok\":false,\"parameters\":null}", 2.0)]
    [InlineData(429, "{\"ok\":false,\"parameters\":[35]}", 2.0)]
    public async Task Telegram_SaysSecondsInItsParameters(int status, string body, double seconds)
    {
        await using var receiver = await WebReceiver.AnsweringAsync(status, body, "2");
        Assert.Equal(seconds, await WaitAsync(ChannelType.Telegram, receiver.Url));
    }

    private static async Task<double?> WaitAsync(ChannelType type, string url)
    {
        using var sender = TestSender.Create(TestSender.To(url), time: new FakeTimeProvider(Now));
        var outcome = await sender.SendAsync(TestSender.Over(type, url), TestAlerts.Message(TestAlerts.Threshold()), CancellationToken.None);
        Assert.NotEqual(SendResult.Sent, outcome.Result);
        return outcome.RetryAfter is { } wait ? double.Parse(wait.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;
    }
}
