using System.Net;
using System.Text;
using BudgetEngine.Alerts.Payloads;
using BudgetEngine.Alerts.Text;

namespace BudgetEngine.Alerts.Delivery.Mail;

/// <summary>The two bodies of an e-mail: the same words as text and as HTML.</summary>
internal static class MailText
{
    public static string Plain(AlertText text)
    {
        var body = new StringBuilder(text.Sentence).Append("\n\n");
        foreach (var fact in text.Facts) body.Append(fact.Name).Append(": ").Append(fact.Value).Append('\n');
        AddList(body, "By cost center", text.CostCenters);
        AddList(body, "Also", text.Also);
        AddList(body, "Top models", text.TopModels);
        AddList(body, "What to do", text.Advice);
        if (text.Link is { } link) body.Append("\nDashboard: ").Append(link).Append('\n');
        return body.Append("\n-- \nSent by the budget engine. Alert ").Append(text.Id).Append('\n').ToString();
    }

    public static string Html(AlertText text)
    {
        var body = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>").Append(Encode(text.Title)).Append("</title></head>\n")
            .Append("<body style=\"font-family:sans-serif;font-size:15px;color:#222\">\n<div style=\"border-left:6px solid ").Append(Color(text.Severity))
            .Append(";padding-left:14px\">\n<h2 dir=\"auto\" style=\"font-size:18px\">")
            .Append(Encode(text.Title)).Append("</h2>\n<p dir=\"auto\">").Append(Encode(text.Sentence)).Append("</p>\n<table>\n");
        foreach (var fact in text.Facts)
        {
            body.Append("<tr><td style=\"color:#666;padding-right:14px;vertical-align:top\">").Append(Encode(fact.Name))
                .Append("</td><td dir=\"auto\">").Append(Encode(fact.Value)).Append("</td></tr>\n");
        }

        body.Append("</table>\n");
        AddHtmlList(body, "By cost center", text.CostCenters);
        AddHtmlList(body, "Also", text.Also);
        AddHtmlList(body, "Top models", text.TopModels);
        AddHtmlList(body, "What to do", text.Advice);
        if (text.Link is { } link) body.Append("<p><a href=\"").Append(Encode(link)).Append("\">Open dashboard</a></p>\n");
        return body.Append("</div>\n<p style=\"color:#888;font-size:12px\">Sent by the budget engine. Alert ").Append(Encode(text.Id)).Append("</p>\n</body></html>\n").ToString();
    }

    private static void AddList(StringBuilder body, string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0) return;
        body.Append('\n').Append(title).Append(":\n");
        foreach (var line in lines) body.Append("- ").Append(line).Append('\n');
    }

    private static void AddHtmlList(StringBuilder body, string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0) return;
        body.Append("<h3 style=\"font-size:15px\">").Append(title).Append("</h3>\n<ul>\n");
        foreach (var line in lines) body.Append("<li dir=\"auto\">").Append(Encode(line)).Append("</li>\n");
        body.Append("</ul>\n");
    }

    private static string Color(Severity severity) => $"#{DiscordPayload.Color(severity):X6}";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
