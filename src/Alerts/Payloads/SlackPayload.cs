using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Payloads;

/// <summary>
/// Blocks for a Slack incoming webhook. Slack's mrkdwn has no escape for <c>*_~`</c>, so it is used for our own words and figures only; whatever holds a
/// value from outside
/// is plain text. <c>&amp; &lt; &gt;</c> are escaped in both.
/// </summary>
internal sealed class SlackPayload(AlertTexts texts)
{
    public const int MaxHeader = 150;
    public const int MaxText = 3_000;
    public const int MaxField = 2_000;
    public const int MaxFields = 10;

    /// <summary>Ours; above it Slack cuts messages.</summary>
    public const int MaxFallback = 500;

    public byte[] Write(ChannelMessage message)
    {
        var text = texts.Of(message);
        var blocks = new JsonArray(
            new JsonObject { ["type"] = "header", ["text"] = Plain(Mark(text.Severity) + text.Title, MaxHeader) },
            Section(text.Sentence));
        foreach (var facts in text.Facts.Where(f => !f.FromOutside).Chunk(MaxFields))
        {
            blocks.Add(new JsonObject { ["type"] = "section", ["fields"] = new JsonArray([.. facts.Select(Field)]) });
        }

        AddList(blocks, "By cost center", text.CostCenters);
        AddList(blocks, "Also", text.Also);
        AddList(blocks, "Top models", text.TopModels);
        AddList(blocks, "What to do", text.Advice);
        AddContext(blocks, text);
        if (text.Link is { } link) blocks.Add(Button(link));
        return PayloadJson.Bytes(new JsonObject { ["text"] = Escape(text.Title, MaxFallback), ["mrkdwn"] = false, ["blocks"] = blocks });
    }

    private static void AddList(JsonArray blocks, string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0) return;
        var escaped = lines.Select(line => "• " + Escape(line, MaxText / 4)).Prepend(title + ":").ToList();
        blocks.Add(new JsonObject { ["type"] = "section", ["text"] = Text(Cut.Lines(escaped, MaxText)) });
    }

    /// <summary>Who and why, as others wrote it.</summary>
    private static void AddContext(JsonArray blocks, AlertText text)
    {
        var outside = string.Join(" · ", text.Facts.Where(f => f.FromOutside).Select(f => $"{f.Name}: {f.Value}"));
        if (outside.Length > 0) blocks.Add(new JsonObject { ["type"] = "context", ["elements"] = new JsonArray(Plain(outside, MaxField)) });
    }

    private static JsonObject Section(string text) => new() { ["type"] = "section", ["text"] = Plain(text, MaxText) };

    private static JsonObject Field(Fact fact) => new() { ["type"] = "mrkdwn", ["text"] = $"*{fact.Name}*\n{Escape(fact.Value, MaxField - 100)}", ["verbatim"] = true };

    private static JsonObject Plain(string text, int limit) => Text(Escape(text, limit));

    private static JsonObject Text(string escaped) => new() { ["type"] = "plain_text", ["text"] = escaped, ["emoji"] = false };

    private static JsonObject Button(string link) => new()
    {
        ["type"] = "actions",
        ["elements"] = new JsonArray(new JsonObject { ["type"] = "button", ["text"] = Text("Open dashboard"), ["url"] = link }),
    };

    /// <summary>Colour is not to be had in blocks; a word would be read twice.</summary>
    private static string Mark(Severity severity) => severity switch
    {
        Severity.Critical => "🔴 ",
        Severity.Error => "🟠 ",
        Severity.Warning => "🟡 ",
        Severity.Good => "🟢 ",
        _ => "",
    };

    private static string Escape(string text, int limit) => Cut.Escaped(OutsideText.Tame(text), limit, static rune => rune.Value switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        _ => null,
    });
}
