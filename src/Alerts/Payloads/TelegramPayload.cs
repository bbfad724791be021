using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Payloads;

/// <summary>A message of Telegram's Bot API in its HTML.</summary>
internal sealed class TelegramPayload(AlertTexts texts)
{
    /// <summary>Telegram counts after the markup is taken away; we count with it.</summary>
    public const int MaxText = 4_096;

    /// <summary>Of the link's address; the options keep it shorter.</summary>
    private const int MaxLink = 1_200;

    public byte[] Write(ChannelMessage message, string chatId)
    {
        var text = texts.Of(message);
        return PayloadJson.Bytes(new JsonObject
        {
            ["chat_id"] = long.TryParse(chatId, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : chatId,
            ["text"] = Html(text),
            ["parse_mode"] = "HTML",
            ["link_preview_options"] = new JsonObject { ["is_disabled"] = true },
            ["disable_notification"] = text.Severity is Severity.Good,
        });
    }

    private static string Html(AlertText text)
    {
        var link = text.Link is { } address ? $"\n<a href=\"{Html(address, MaxLink)}\">Open dashboard</a>" : "";
        var html = new StringBuilder();
        html.Append("<b>").Append(Escape(text.Title, 700)).Append("</b>\n").Append(Escape(text.Sentence, 1_000));
        List<string> lines = [.. text.Facts.Where(IsShown).Select(f => $"{f.Name}: {Escape(f.Value, 150)}")];
        AddList(lines, "By cost center", text.CostCenters);
        AddList(lines, "Also", text.Also);
        AddList(lines, "Top models", text.TopModels);
        AddList(lines, "What to do", text.Advice);
        if (lines.Count > 0) html.Append("\n\n").Append(Cut.Lines(lines, MaxText - html.Length - 2 - link.Length));
        return html.Append(link).ToString();
    }

    /// <summary>Title and sentence have said the rest.</summary>
    private static bool IsShown(Fact fact) => fact.Name is not ("Cost center" or "User" or "Reason" or "Detail" or "By");

    private static void AddList(List<string> lines, string title, IReadOnlyList<string> items)
    {
        if (items.Count == 0) return;
        lines.Add($"{title}:");
        lines.AddRange(items.Select(item => "• " + Escape(item, 400)));
    }

    private static string Escape(string text, int limit) => Html(OutsideText.Tame(text), limit);

    private static string Html(string text, int limit) => Cut.Escaped(text, limit, static rune => rune.Value switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        _ => null,
    });
}
