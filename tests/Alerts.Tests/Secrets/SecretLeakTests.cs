using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Delivery.Http;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Alerts.Delivery.Targets;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Tests.Secrets;

/// <summary>Whatever happens on the way, no secret is in what people read: outcomes, faults, texts of objects, activities.</summary>
public sealed class SecretLeakTests
{
    private const string Path = "/services/T0XYZZY0/B0XYZZY0/aaXYZZYbbXYZZY";
    private const string Mark = "XYZZY";

    /// <summary>Servers that repeat what they were sent, in every place of an answer.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Send_ToAServerThatRepeatsTheRequest_TellsNoSecret(int status)
    {
        foreach (var type in TestSender.OverHttp)
        {
            foreach (var echo in new Func<string, string>[]
            {
                target => target,
                target => $"{{\"ok\":false,\"error_code\":{status},\"message\":\"no {target}\",\"description\":\"no {target}\"}}",
                target => $"{{\"ok\":false,\"error_code\":{status},\"message\":\"{target.Split('/')[^1]}\",\"description\":\"{target.Split('/')[2..].FirstOrDefault()}\"}}",
                // PagerDuty's secret is in the body.
                target => type == ChannelType.PagerDuty ? $"{{\"message\":\"no {TestSender.RoutingKey}\"}}" : target,
                target => $"{{\"ok\":false,\"error_code\":{status},\"message\":\"{Uri.EscapeDataString(target)}\",\"description\":\"{Uri.EscapeDataString(target).ToLowerInvariant()}\"}}",
            })
            {
                await using var receiver = await WebReceiver.StartAsync(async context =>
                {
                    context.Response.StatusCode = status;
                    context.Response.Headers.Location = "http://127.0.0.1:1" + Path;
                    context.Response.Headers.RetryAfter = Path;
                    await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(echo(context.Request.Path)));
                });
                using var sender = TestSender.Create(TestSender.To(receiver.Url));
                var outcome = await sender.SendAsync(Channel(type, receiver.Url), Message, CancellationToken.None);
                AssertSafe(outcome.ToString());
                Assert.Single(receiver.Requests);
            }
        }
    }

    [Fact]
    public async Task Send_OverABrokenNetwork_TellsNoSecretAndNoInnerAddress()
    {
        Func<IPEndPoint, CancellationToken, Task<Stream>>[] networks =
        [
            (_, _) => throw new SocketException((int)SocketError.HostUnreachable),
            (_, _) => throw new IOException($"broken at {Path}"),
            (_, _) => Task.FromResult<Stream>(new MemoryStream()),
        ];
        foreach (var connect in networks)
        {
            foreach (var type in TestSender.OverHttp)
            {
                foreach (var scheme in new[] { "http", "https" })
                {
                    using var sender = TestSender.Create(TestSender.To($"{scheme}://hooks.example.com"), resolve: (_, _) => Task.FromResult(new[] { IPAddress.Parse("10.7.7.7") }), connect: connect);
                    var outcome = await sender.SendAsync(Channel(type, $"{scheme}://hooks.example.com"), Message, CancellationToken.None);
                    Assert.Equal(SendResult.Failed, outcome.Result);
                    AssertSafe(outcome.ToString());
                    Assert.DoesNotContain("10.7", outcome.ToString(), StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task Send_WithSomeoneListeningToActivities_ShowsNoAddress()
    {
        var seen = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => seen.Enqueue($"{a.DisplayName} {string.Join(' ', a.TagObjects)}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var receiver = await WebReceiver.AnsweringAsync(200, "ok");
        using var sender = TestSender.Create();
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(Channel(ChannelType.Slack, receiver.Url), Message, CancellationToken.None));
        // The receiver's own activity (Kestrel's) shows its path: that is its business. Ours would be a client's.
        Assert.DoesNotContain(seen, s => s.Contains(Mark, StringComparison.Ordinal) && !s.Contains("aspnetcore", StringComparison.OrdinalIgnoreCase) && s.Contains("url.full", StringComparison.Ordinal));
        Assert.DoesNotContain("traceparent", Assert.Single(receiver.Requests).Headers.Keys);
    }

    [Fact]
    public void ToString_OfWhatHoldsSecrets_SaysNothing()
    {
        var open = new OpenTarget(Path, Mark, Mark, Mark, Mark, [Mark]);
        var call = new HttpCall(new Uri("https://hooks.example.com" + Path), [], [new("x", Mark)], false);
        AssertSafe($"{open} {call} {new SecretValue(Mark, null, false)} {new ChannelTarget { Url = Path, Secret = Mark }} {Channel(ChannelType.Slack, "https://hooks.example.com")}");
    }

    [Fact]
    public void IsSafe_OfATextWithAnyPartOfASecret_IsFalse()
    {
        var open = new OpenTarget("https://hooks.example.com" + Path + "?sig=abc%2Fdefghi", "whsec_AAAABBBB whsec_CCCCDDDD", TestSender.TelegramToken, "", TestSender.RoutingKey, []);
        foreach (var text in new[] { "B0XYZZY0", "b0xyzzy0", "x aaXYZZYbbXYZZY x", "whsec_CCCCDDDD", TestSender.TelegramToken, TestSender.TelegramToken.Split(':')[1], TestSender.RoutingKey, "abc%2Fdefghi", Uri.EscapeDataString(TestSender.TelegramToken) })
        {
            Assert.False(open.IsSafe($"no {text}!"), text);
        }

        Assert.True(open.IsSafe("Unknown Webhook of hooks.example.com"));
    }

    private static readonly ChannelMessage Message = TestAlerts.Message(TestAlerts.Threshold());

    private static Channel Channel(ChannelType type, string url) => TestSender.Over(type, url + Path);

    private static void AssertSafe(string text)
    {
        Assert.DoesNotContain(Mark, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TestSender.TelegramToken.Split(':')[1], text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TestSender.RoutingKey, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TestSender.WebhookSecret, text, StringComparison.OrdinalIgnoreCase);
    }
}
