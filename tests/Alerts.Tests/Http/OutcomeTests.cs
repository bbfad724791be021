using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.Time.Testing;

namespace BudgetEngine.Alerts.Tests.Http;

/// <summary>Every answer of a real server, and what it means for the delivery.</summary>
public sealed class OutcomeTests
{
    private static readonly ChannelMessage Message = TestAlerts.Message(TestAlerts.Threshold());

    [Theory]
    [InlineData(200, "Sent")]
    [InlineData(202, "Sent")]
    [InlineData(204, "Sent")]
    [InlineData(301, "Refused")]
    [InlineData(302, "Refused")]
    [InlineData(307, "Refused")]
    [InlineData(400, "Refused")]
    [InlineData(401, "Refused")]
    [InlineData(403, "Refused")]
    [InlineData(404, "Refused")]
    [InlineData(408, "Failed")]
    [InlineData(410, "Gone")]
    [InlineData(413, "Refused")]
    [InlineData(425, "Failed")]
    [InlineData(429, "Failed")]
    [InlineData(500, "Failed")]
    [InlineData(502, "Failed")]
    [InlineData(503, "Failed")]
    [InlineData(504, "Failed")]
    [InlineData(599, "Failed")]
    public async Task Send_ByTheStatusOfTheAnswer_HasItsOutcome(int status, string result)
    {
        foreach (var type in TestSender.OverHttp)
        {
            await using var receiver = await WebReceiver.AnsweringAsync(status, status is 204 or 304 ? "" : Body(type, status));
            // Without a body they do not say ok.
            var expected = status == 204 && type is (ChannelType.Slack or ChannelType.Telegram) ? "Failed" : result;
            var outcome = await SendAsync(type, receiver.Url);
            Assert.Equal((type, expected), (type, outcome.Result.ToString()));
            Assert.Equal(outcome.Result == SendResult.Sent, outcome.Error is null);
            Assert.Single(receiver.Requests);
        }
    }

    [Fact]
    public async Task Send_ToARedirect_IsNotFollowed()
    {
        await using var other = await WebReceiver.AnsweringAsync(200);
        await using var receiver = await WebReceiver.AnsweringAsync(307, location: other.Url);
        var outcome = await SendAsync(ChannelType.Webhook, receiver.Url);
        Assert.Equal(new SendOutcome(SendResult.Refused, "answered 307, a redirect, which is not followed", null), outcome);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData("Slack", 200, "ok", "Sent", null)]
    [InlineData("Slack", 200, "{\"ok\":true}", "Sent", null)]
    [InlineData("Slack", 200, "<html>sign in</html>", "Failed", "answered 200: without its 'ok'")]
    [InlineData("Slack", 403, "action_prohibited", "Refused", "answered 403: action_prohibited")]
    [InlineData("Slack", 404, "no_service", "Refused", "answered 404: no_service")]
    [InlineData("Slack", 410, "channel_is_archived", "Gone", "answered 410: channel_is_archived")]
    [InlineData("Slack", 500, "rollup_error", "Failed", "answered 500: rollup_error")]
    [InlineData("Discord", 404, "{\"message\":\"Unknown Webhook\",\"code\":10015}", "Refused", "answered 404: Unknown Webhook")]
    [InlineData("Telegram", 200, "{\"ok\":true,\"result\":{}}", "Sent", null)]
    [InlineData("Telegram", 200, "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: chat not found\"}", "Refused", "answered 200: Bad Request: chat not found")]
    [InlineData("Telegram", 200, "{\"ok\":false}", "Failed", "answered 200: without its 'ok'")]
    [InlineData("Telegram", 200, "not json", "Failed", "answered 200: without its 'ok'")]
    [InlineData("Telegram", 403, "{\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: bot was blocked by the user\"}", "Refused", "answered 403: Forbidden: bot was blocked by the user")]
    [InlineData("PagerDuty", 202, "{\"status\":\"success\"}", "Sent", null)]
    [InlineData("PagerDuty", 400, "{\"status\":\"invalid event\",\"message\":\"Event object is invalid\"}", "Refused", "answered 400: Event object is invalid")]
    [InlineData("Teams", 202, "", "Sent", null)]
    [InlineData("Teams", 200, "1", "Sent", null)]
    [InlineData("Teams", 200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId MS-CV=x", "Failed", "answered 200: Webhook message delivery failed")]
    [InlineData("Webhook", 400, "what the body says is nobody's business", "Refused", "answered 400")]
    public async Task Send_ByTheWordsOfTheService_HasItsOutcomeAndReason(string type, int status, string body, string result, string? error)
    {
        await using var receiver = await WebReceiver.AnsweringAsync(status, body);
        var outcome = await SendAsync(Enum.Parse<ChannelType>(type), receiver.Url);
        Assert.Equal((result, error), (outcome.Result.ToString(), outcome.Error));
    }

    [Fact]
    public async Task Send_OverEveryType_GoesToItsPathWithItsHeaders()
    {
        await using var receiver = await WebReceiver.AnsweringAsync(200, "{\"ok\":true}");
        foreach (var type in TestSender.OverHttp) Assert.Equal(SendOutcome.Sent, await SendAsync(type, receiver.Url, "/x/y?a=b"));
        Assert.Equal(
            ["/x/y?a=b", "/x/y?a=b", "/x/y?a=b&wait=true", $"/bot{TestSender.TelegramToken}/sendMessage", "/v2/enqueue", "/x/y?a=b"],
            receiver.Requests.Select(r => r.Target));
        Assert.All(receiver.Requests, r =>
        {
            Assert.Equal(("POST", "application/json", "BudgetEngine/1.0"), (r.Method, r.Headers["content-type"], r.Headers["user-agent"]));
            Assert.DoesNotContain("traceparent", r.Headers.Keys);
            Assert.NotEqual(default, r.Json);
        });
    }

    [Fact]
    public async Task Webhook_SentAgain_KeepsItsIdAndHasTheTimeOfTheAttempt()
    {
        await using var receiver = await WebReceiver.AnsweringAsync(500);
        var clock = new FakeTimeProvider(TestAlerts.At);
        using var sender = TestSender.Create(time: clock);
        await sender.SendAsync(TestSender.Webhook(receiver.Url), Message, CancellationToken.None);
        clock.Advance(TimeSpan.FromMinutes(5));
        await sender.SendAsync(TestSender.Webhook(receiver.Url), Message, CancellationToken.None);
        var requests = receiver.Requests.ToArray();
        Assert.Equal([TestAlerts.Id, TestAlerts.Id], requests.Select(r => r.Headers["webhook-id"]));
        Assert.Equal(["1795255200", "1795255500"], requests.Select(r => r.Headers["webhook-timestamp"]));
        Assert.Equal(requests[0].Body, requests[1].Body);
    }

    [Fact]
    public async Task Send_WhenTheCallerGivesUp_Throws()
    {
        await using var receiver = new RawReceiver((_, stop) => Task.Delay(Timeout.Infinite, stop));
        using var sender = TestSender.Create();
        using var stop = new CancellationTokenSource();
        var sending = sender.SendAsync(TestSender.Webhook(receiver.Url), Message, stop.Token);
        await Eventually.HoldsAsync("the request arrives", () => receiver.Requests == 1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    private static async Task<SendOutcome> SendAsync(ChannelType type, string url, string path = "")
    {
        using var sender = TestSender.Create(TestSender.To(url));
        return await sender.SendAsync(TestSender.Over(type, url + path), Message, CancellationToken.None);
    }

    private static string Body(ChannelType type, int status) => type switch
    {
        ChannelType.Telegram => status < 300 ? "{\"ok\":true}" : $"{{\"ok\":false,\"error_code\":{status}}}",
        _ => status < 300 ? "ok" : "no",
    };
}
