using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Payloads;

/// <summary>One embed for a Discord webhook. Markdown is escaped in every value, and mentions are switched off.</summary>
internal sealed class DiscordPayload(AlertTexts texts)
{
    public const int MaxTitle = 256;
    public const int MaxDescription = 4_096;
    public const int MaxFieldName = 256;
    public const int MaxFieldValue = 1_024;
    public const int MaxFields = 25;
    public const int MaxFooter = 2_048;
    public const int MaxEmbed = 6_000;

    // Together below MaxEmbed: a title of 256, at most eleven facts with their names, three lists, and the footer.
    private const int SentenceLimit = 1_000;
    private const int FactLimit = 150;
    private const int ListLimit = 850;
    private const int FooterLimit = 100;

    public byte[] Write(ChannelMessage message)
    {
        var text = texts.Of(message);
        var fields = new JsonArray([.. text.Facts.Select(f => Field(f.Name, Escape(f.Value, FactLimit), inline: !f.FromOutside))]);
        AddList(fields, "By cost center", text.CostCenters);
        AddList(fields, "Also", text.Also);
        AddList(fields, "Top models", text.TopModels);
        AddList(fields, "What to do", text.Advice);
        var embed = new JsonObject
        {
            ["title"] = Escape(text.Title, MaxTitle),
            ["description"] = Escape(text.Sentence, SentenceLimit),
            ["color"] = Color(text.Severity),
            ["timestamp"] = PayloadJson.Instant(text.At),
            ["fields"] = fields,
            ["footer"] = new JsonObject { ["text"] = Cut.Plain(text.Id, FooterLimit) },
        };
        if (text.Link is { } link) embed["url"] = link;
        return PayloadJson.Bytes(new JsonObject
        {
            ["username"] = "Budget engine",
            ["allowed_mentions"] = new JsonObject { ["parse"] = new JsonArray() },
            ["embeds"] = new JsonArray(embed),
        });
    }

    public static int Color(Severity severity) => severity switch
    {
        Severity.Critical => 0xED4245,
        Severity.Error => 0xFFA500,
        Severity.Warning => 0xFEE75C,
        Severity.Good => 0x57F287,
        _ => 0x5865F2,
    };

    private static void AddList(JsonArray fields, string name, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0) fields.Add(Field(name, Cut.Lines([.. lines.Select(line => "• " + Escape(line, ListLimit / 3))], ListLimit), inline: false));
    }

    private static JsonObject Field(string name, string value, bool inline) => new() { ["name"] = name, ["value"] = value, ["inline"] = inline };

    /// <summary>
    /// A backslash before punctuation makes it plain in Discord's Markdown: emphasis, code, spoilers, quotes, links, mentions, headings; and a list where
    /// the text begins.
    /// </summary>
    private static string Escape(string text, int limit)
    {
        var escaped = Cut.Escaped(
            OutsideText.Tame(text), limit - 1, static rune => rune.Value is '\\' or '*' or '_' or '~' or '`' or '|' or '<' or '>' or '[' or ']' or '#' ? "\\" + rune : null);
        return escaped.StartsWith('-') ? "\\" + escaped : escaped;
    }
}
