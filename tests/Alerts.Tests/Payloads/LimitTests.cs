using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.TestKit.Facts;

namespace BudgetEngine.Alerts.Tests.Payloads;

/// <summary>Every payload of every type of alert, with values that someone chose to break it, held to what each service documents: required fields, limits, and its own syntax.</summary>
public sealed partial class LimitTests
{
    private static readonly string[] Poisons =
    [
        "a", "<", "&", "\"", "\\", "*", "_", "`", "\n", "\r\n# x\n- y\n> z\n", "\u0000\u0001\u001b[31m", "\uD800", "\uDC00x", "𝔘", "👩‍👩‍👧", "مرحبا بالعالم ", "\u202Eevil\u202C", "你好",
        "<!channel> <@U012> <#C1|x> <https://evil.example|ok> @here ", "@everyone <@&123> ||spoiler|| [a](https://evil.example) ", "<b>x</b></b><script>alert(1)</script> ",
        "```js\ncode``` *bold* _it_ ~~no~~ ", "{{DATE(2026-01-01T00:00:00Z)}} ${x} @{triggerBody()} ", "&amp;&lt;\\*\\", "https://evil.example/ ", "--=_\r\n.\r\n", "://@@@", "\u2028\u2029\u0085",
    ];

    public static TheoryData<string> Types => [.. TestSender.OverHttp.Select(ChannelTypes.WordOf)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Payload_WithEveryHostileValue_KeepsTheServicesRules(string word)
    {
        var type = ChannelTypes.Parse(word);
        foreach (var poison in Poisons)
        {
            foreach (var length in LongForms.Wanted ? new[] { 1, 149, 1_500 } : [1, 1_500])
            {
                foreach (var alertType in AlertTypes.All) Check(type, TestAlerts.Message(TestAlerts.Hostile(alertType, poison, length)));
            }

            // More than the engine puts into one message.
            Check(type, TestAlerts.Message([.. Enumerable.Range(0, 60).Select(_ => TestAlerts.Hostile(AlertType.ThresholdReached, poison, 300))]));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Payload_OfEveryTypeAsTheEngineMakesIt_KeepsTheServicesRules(string word)
    {
        foreach (var type in AlertTypes.All) Check(ChannelTypes.Parse(word), TestAlerts.Message(TestAlerts.Of(type)));
    }

    private static void Check(ChannelType type, ChannelMessage message)
    {
        var bytes = GoldenTests.Write(type, message);
        var json = JsonDocument.Parse(bytes).RootElement;
        foreach (var text in Strings(json))
        {
            // JSON can spell a lone half of a pair; no program likes to read one.
            Assert.DoesNotContain(text.EnumerateRunes(), r => r.Value == 0xFFFE);
            Assert.Equal(text, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
        }

        switch (type)
        {
            case ChannelType.Webhook: CheckWebhook(json, bytes, message.First); break;
            case ChannelType.Slack: CheckSlack(json); break;
            case ChannelType.Discord: CheckDiscord(json); break;
            case ChannelType.Telegram: CheckTelegram(json); break;
            case ChannelType.PagerDuty: CheckPagerDuty(json, bytes); break;
            default: CheckTeams(json, bytes); break;
        }
    }

    private static void CheckWebhook(JsonElement json, byte[] bytes, Alert alert)
    {
        Assert.InRange(bytes.Length, 1, 20_000 - 1);
        var data = json.GetProperty("data");
        Assert.Equal(["type", "timestamp", "data"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["alert_id", "cost_center", "user", "currency", "message", "dashboard_url", "recommendations"], data.EnumerateObject().Select(p => p.Name).Take(7));
        Assert.Equal(alert.Type == AlertType.ThresholdReached, data.TryGetProperty("level", out _));
        Assert.Equal((alert.Id, alert.CostCenter), (data.GetProperty("alert_id").GetString(), data.GetProperty("cost_center").GetString() ?? ""));
        foreach (Match number in JsonNumber().Matches(Encoding.UTF8.GetString(bytes))) Assert.Matches(@"^-?(0|[1-9]\d*)(\.\d*[1-9])?$", number.Groups[1].Value);
    }

    private static void CheckSlack(JsonElement json)
    {
        Assert.InRange(json.GetProperty("text").GetString()!.Length, 1, 4_000);
        Assert.False(json.GetProperty("mrkdwn").GetBoolean());
        var blocks = json.GetProperty("blocks").EnumerateArray().ToArray();
        Assert.InRange(blocks.Length, 1, 50);
        foreach (var text in Strings(json).Where(t => !t.StartsWith("https://budget.example.com", StringComparison.Ordinal)))
        {
            Assert.DoesNotMatch("[<>]|&(?!amp;|lt;|gt;)", text);
            Assert.DoesNotMatch("(?<![A-Za-z0-9])@[A-Za-z]|://", text);
        }

        foreach (var block in blocks)
        {
            switch (block.GetProperty("type").GetString())
            {
                case "header": CheckText(block.GetProperty("text"), 150, mayBeMarkdown: false); break;
                case "section" when block.TryGetProperty("text", out var text): CheckText(text, 3_000, mayBeMarkdown: true); break;
                case "section":
                    Assert.InRange(block.GetProperty("fields").GetArrayLength(), 1, 10);
                    foreach (var field in block.GetProperty("fields").EnumerateArray()) CheckText(field, 2_000, mayBeMarkdown: true);
                    break;
                case "context":
                    Assert.InRange(block.GetProperty("elements").GetArrayLength(), 1, 10);
                    foreach (var element in block.GetProperty("elements").EnumerateArray()) CheckText(element, 2_000, mayBeMarkdown: true);
                    break;
                case "actions":
                    var button = Assert.Single(block.GetProperty("elements").EnumerateArray());
                    Assert.Equal("button", button.GetProperty("type").GetString());
                    CheckText(button.GetProperty("text"), 75, mayBeMarkdown: false);
                    Assert.InRange(button.GetProperty("url").GetString()!.Length, 1, 3_000);
                    break;
                default: Assert.Fail(block.ToString()); break;
            }
        }

        static void CheckText(JsonElement text, int limit, bool mayBeMarkdown)
        {
            var value = text.GetProperty("text").GetString()!;
            Assert.InRange(value.Length, 1, limit);
            if (text.GetProperty("type").GetString() == "plain_text") Assert.False(text.GetProperty("emoji").GetBoolean());
            else Assert.Matches(OursInSlack(), value);
            Assert.True(mayBeMarkdown || text.GetProperty("type").GetString() == "plain_text");
        }
    }

    private static void CheckDiscord(JsonElement json)
    {
        Assert.Equal("{\"parse\":[]}", json.GetProperty("allowed_mentions").GetRawText());
        Assert.InRange(json.GetProperty("username").GetString()!.Length, 1, 80);
        var embed = Assert.Single(json.GetProperty("embeds").EnumerateArray());
        var fields = embed.GetProperty("fields").EnumerateArray().ToArray();
        Assert.InRange(fields.Length, 0, 25);
        var (title, description, footer) = (embed.GetProperty("title").GetString()!, embed.GetProperty("description").GetString()!, embed.GetProperty("footer").GetProperty("text").GetString()!);
        Assert.InRange(title.Length, 1, 256);
        Assert.InRange(description.Length, 1, 4_096);
        Assert.InRange(footer.Length, 1, 2_048);
        foreach (var field in fields)
        {
            Assert.InRange(field.GetProperty("name").GetString()!.Length, 1, 256);
            Assert.InRange(field.GetProperty("value").GetString()!.Length, 1, 1_024);
        }

        var texts = fields.SelectMany(f => new[] { f.GetProperty("name").GetString()!, f.GetProperty("value").GetString()! }).Append(title).Append(description).ToArray();
        Assert.InRange(texts.Sum(t => t.Length) + footer.Length, 1, 6_000);
        Assert.InRange(embed.GetProperty("color").GetInt32(), 0, 0xFFFFFF);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", embed.GetProperty("timestamp").GetString());
        foreach (var text in texts)
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '\\') Assert.Contains(text[++i], "\\*_~`|<>[]#-");
                else Assert.DoesNotContain(text[i], "*_~`|<>[]#");
            }

            Assert.DoesNotMatch("(?<![A-Za-z0-9])@[A-Za-z]|://", text);
        }
    }

    private static void CheckTelegram(JsonElement json)
    {
        Assert.Equal(("HTML", true), (json.GetProperty("parse_mode").GetString(), json.GetProperty("link_preview_options").GetProperty("is_disabled").GetBoolean()));
        var text = json.GetProperty("text").GetString()!;
        Assert.InRange(text.Length, 1, 4_096);
        var html = XElement.Parse($"<m>{text}</m>");
        Assert.All(html.Descendants(), e => Assert.Contains(e.Name.LocalName, (string[])["b", "a"]));
        Assert.All(html.Descendants("a"), a => Assert.StartsWith("https://budget.example.com/", a.Attribute("href")!.Value, StringComparison.Ordinal));
        Assert.DoesNotMatch("(?<![A-Za-z0-9])@[A-Za-z]|://", html.Value);
    }

    private static void CheckPagerDuty(JsonElement json, byte[] bytes)
    {
        Assert.InRange(bytes.Length, 1, 512 * 1024);
        Assert.Equal(("trigger", 32), (json.GetProperty("event_action").GetString(), json.GetProperty("routing_key").GetString()!.Length));
        Assert.InRange(json.GetProperty("dedup_key").GetString()!.Length, 1, 255);
        var payload = json.GetProperty("payload");
        Assert.InRange(payload.GetProperty("summary").GetString()!.Length, 1, 1_024);
        Assert.NotEmpty(payload.GetProperty("source").GetString()!);
        Assert.Contains(payload.GetProperty("severity").GetString(), (string[])["critical", "error", "warning", "info"]);
        Assert.Equal(JsonValueKind.Object, payload.GetProperty("custom_details").ValueKind);
        Assert.All(json.GetProperty("links").EnumerateArray(), l => Assert.StartsWith("https://", l.GetProperty("href").GetString(), StringComparison.Ordinal));
    }

    private static void CheckTeams(JsonElement json, byte[] bytes)
    {
        Assert.InRange(bytes.Length, 1, 28 * 1024);
        var attachment = Assert.Single(json.GetProperty("attachments").EnumerateArray());
        Assert.Equal(("message", "application/vnd.microsoft.card.adaptive"), (json.GetProperty("type").GetString(), attachment.GetProperty("contentType").GetString()));
        var card = attachment.GetProperty("content");
        Assert.Equal(("AdaptiveCard", "1.4"), (card.GetProperty("type").GetString(), card.GetProperty("version").GetString()));
        foreach (var item in card.GetProperty("body").EnumerateArray())
        {
            if (item.GetProperty("type").GetString() == "FactSet")
            {
                foreach (var fact in item.GetProperty("facts").EnumerateArray()) Assert.Matches(Ours(), fact.GetProperty("value").GetString());
                continue;
            }

            Assert.Equal("RichTextBlock", item.GetProperty("type").GetString());
            var run = Assert.Single(item.GetProperty("inlines").EnumerateArray());
            Assert.Equal("TextRun", run.GetProperty("type").GetString());
            Assert.NotEmpty(run.GetProperty("text").GetString()!);
            Assert.DoesNotContain("{{", run.GetProperty("text").GetString(), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Strings(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(p => Strings(p.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [json.GetString()!],
        _ => [],
    };

    /// <summary>Words, figures and zones: nothing that anybody else has written.</summary>
    [GeneratedRegex(@"^[-A-Za-z0-9$€.,%() :;/+_]+\z")]
    private static partial Regex Ours();

    [GeneratedRegex(@"^\*[A-Z][a-z ]+\*\n[-A-Za-z0-9$€.,%() :;/+_]+\z")]
    private static partial Regex OursInSlack();

    [GeneratedRegex("\":(-?[0-9][^,}\\]]*)")]
    private static partial Regex JsonNumber();
}
