using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Payloads;

/// <summary>
/// An adaptive card for a workflow of Microsoft Teams. Text blocks and facts read Markdown, text runs do not: whatever holds a value from outside is a text
/// run.
/// </summary>
internal sealed class TeamsPayload(AlertTexts texts)
{
    /// <summary>Teams takes about 28 KB.</summary>
    public const int MaxBytes = 25_000;

    /// <summary>Title and sentence are not cut below this, whatever else is.</summary>
    private const int MinHead = 500;

    public byte[] Write(ChannelMessage message)
    {
        var text = texts.Of(message);
        return PayloadJson.Fitting(MaxBytes, limit => new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["contentType"] = "application/vnd.microsoft.card.adaptive",
                ["contentUrl"] = null,
                ["content"] = Card(text, limit),
            }),
        });
    }

    private static JsonObject Card(AlertText text, int limit)
    {
        var body = new JsonArray(
            Run(text.Title, Math.Max(limit, MinHead), ("weight", "Bolder"), ("size", "Medium"), ("color", Color(text.Severity))),
            Run(text.Sentence, Math.Max(limit, MinHead)));
        var facts = text.Facts.Where(f => !f.FromOutside).Select(f => new JsonObject { ["title"] = f.Name, ["value"] = f.Value }).ToArray();
        if (facts.Length > 0) body.Add(new JsonObject { ["type"] = "FactSet", ["facts"] = new JsonArray([.. facts]) });
        foreach (var fact in text.Facts.Where(f => f.FromOutside)) body.Add(Run($"{fact.Name}: {fact.Value}", limit, ("size", "Small")));
        AddList(body, "By cost center", text.CostCenters, limit);
        AddList(body, "Also", text.Also, limit);
        AddList(body, "Top models", text.TopModels, limit);
        AddList(body, "What to do", text.Advice, limit);
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = body,
            ["msteams"] = new JsonObject { ["width"] = "full" },
        };
        if (text.Link is { } link) card["actions"] = new JsonArray(new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = "Open dashboard", ["url"] = link });
        return card;
    }

    /// <summary>At most so many lines of a list, the last one says how many are left out.</summary>
    private const int MaxLines = 40;

    private static void AddList(JsonArray body, string title, IReadOnlyList<string> lines, int limit)
    {
        if (lines.Count == 0) return;
        body.Add(Run(title, limit, ("weight", "Bolder")));
        foreach (var line in lines.Take(MaxLines)) body.Add(Run("• " + line, limit));
        if (lines.Count > MaxLines) body.Add(Run($"and {lines.Count - MaxLines} more", limit));
    }

    private static JsonObject Run(string text, int limit, params (string Name, string Value)[] style)
    {
        // Two braces begin a function of adaptive cards ({{DATE(…)}}), in runs too.
        var run = new JsonObject { ["type"] = "TextRun", ["text"] = Cut.Plain(text.Replace("{{", "{\u200B{", StringComparison.Ordinal), limit) };
        foreach (var (name, value) in style) run[name] = value;
        return new JsonObject { ["type"] = "RichTextBlock", ["inlines"] = new JsonArray(run) };
    }

    private static string Color(Severity severity) => severity switch
    {
        Severity.Critical or Severity.Error => "Attention",
        Severity.Warning => "Warning",
        Severity.Good => "Good",
        _ => "Accent",
    };
}
