using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Delivery.Targets;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Tests.Payloads;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;
using Microsoft.Extensions.Time.Testing;

namespace BudgetEngine.Alerts.Tests.Docs;

/// <summary>What docs/alerts.md says can be done as it is said.</summary>
public sealed partial class DocsTests
{
    private static readonly string Docs = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "docs", "alerts.md"));

    [Fact]
    public void Examples_OfEveryType_CanBeStored()
    {
        var types = new List<ChannelType>();
        foreach (Match example in Example().Matches(Docs))
        {
            var json = JsonDocument.Parse(example.Groups[1].Value).RootElement;
            var type = ChannelTypes.Parse(json.GetProperty("type").GetString()!);
            types.Add(type);
            Assert.Empty(ChannelTargetRules.Faults(type, Target(json), allowPrivateAddresses: false));
        }

        Assert.Equal(ChannelTypes.All, types.Order());
    }

    [Fact]
    public async Task VerificationInCSharp_IsWhatStandsThere_AndTellsGenuineFromForged()
    {
        var file = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(ThisFile())!, "WebhookReceiver.cs"));
        Assert.Contains(Code("csharp"), string.Join('\n', file.Split('\n').Select(l => l.StartsWith("    ", StringComparison.Ordinal) ? l[4..] : l)), StringComparison.Ordinal);
        var request = await ReceiveAsync();
        Assert.True(IsGenuine(request.Body, "webhook-id", "x"));
        Assert.False(IsGenuine([.. request.Body, (byte)' '], "webhook-id", "x"));
        Assert.False(IsGenuine(request.Body, "webhook-id", "webhook-id"));
        Assert.False(WebhookReceiver.IsGenuine(TestSender.WebhookSecret, request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], request.Body, TestAlerts.At.AddMinutes(6)));

        bool IsGenuine(byte[] body, string header, string forged) => WebhookReceiver.IsGenuine(
            TestSender.WebhookSecret, header == forged ? "forged" : request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], body, TestAlerts.At);
    }

    [PythonFact]
    public async Task VerificationInPython_TellsGenuineFromForged()
    {
        var request = await ReceiveAsync();
        var now = TestAlerts.At.ToUnixTimeSeconds();
        var program = $"""
            {Code("python")}
            import json, sys
            headers, body = json.loads(sys.stdin.readline()), sys.stdin.readline().rstrip("\n").encode()
            secret = "{TestSender.WebhookSecret}"
            print(is_genuine(secret, headers, body, {now}), is_genuine(secret, headers, body + b" ", {now}), is_genuine(secret, headers, body, {now + 360}),
                  is_genuine("whsec_" + "A" * 32, headers, body, {now}), is_genuine(secret, headers | {"{"}"webhook-id": "forged"{"}"}, body, {now}))
            """;
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", program]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await python.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request.Headers));
        await python.StandardInput.WriteLineAsync(request.Text);
        python.StandardInput.Close();
        Assert.Equal("True False False False False", (await python.StandardOutput.ReadToEndAsync()).Trim());
        await python.WaitForExitAsync();
    }

    [Fact]
    public void TableOfMembers_IsWhatIsSent()
    {
        var webhook = Docs[Docs.IndexOf("### Webhook", StringComparison.Ordinal)..Docs.IndexOf("### Slack", StringComparison.Ordinal)];
        foreach (var type in AlertTypes.All)
        {
            var row = webhook.Split('\n').Single(l => l.StartsWith("| `", StringComparison.Ordinal) && l.Split('|')[1].Contains($"`{AlertTypes.WordOf(type)}`", StringComparison.Ordinal));
            var data = JsonDocument.Parse(GoldenTests.Write(ChannelType.Webhook, TestAlerts.Message(TestAlerts.Of(type)))).RootElement.GetProperty("data");
            foreach (var member in data.EnumerateObject().Skip(7).Select(p => p.Name))
            {
                var said = row.Contains("the same without", StringComparison.Ordinal) ? member is not ("threshold" or "level" or "generation" or "cause") : row.Contains($"`{member}`", StringComparison.Ordinal);
                Assert.True(said, $"{AlertTypes.WordOf(type)}: {member}");
            }
        }
    }

    private static async Task<Received> ReceiveAsync()
    {
        await using var receiver = await WebReceiver.AnsweringAsync(200);
        using var sender = TestSender.Create(time: new FakeTimeProvider(TestAlerts.At));
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(TestSender.Webhook(receiver.Url), TestAlerts.Message(TestAlerts.Threshold()), CancellationToken.None));
        return Assert.Single(receiver.Requests);
    }

    private static ChannelTarget Target(JsonElement json) => new()
    {
        Url = Text("url", json), Secret = Text("secret", json), Token = Text("token", json), ChatId = Text("chat_id", json), RoutingKey = Text("routing_key", json),
        To = json.TryGetProperty("to", out var to) ? [.. to.EnumerateArray().Select(a => a.GetString()!)] : [],
    };

    private static string? Text(string name, JsonElement json) => json.TryGetProperty(name, out var value) ? value.ToString() : null;

    private static string Code(string language) => Regex.Match(Docs, $"```{language}\n(.*?)\n```", RegexOptions.Singleline).Groups[1].Value;

    private static string ThisFile([CallerFilePath] string path = "") => path;

    /// <summary>Of channels: they begin with their type.</summary>
    [GeneratedRegex("""-d '(\{ "type": [^']+)'""")]
    private static partial Regex Example();
}
