using Microsoft.AspNetCore.Html;

namespace BudgetEngine.Dashboard.Rendering;

/// <summary>Fields that the dialogs share. Everything that comes from outside is escaped.</summary>
internal static class FieldMarkup
{
    public static IHtmlContent Choice(string name, string label, IReadOnlyList<(string Value, string Word)> options, IReadOnlyDictionary<string, string> fields, IReadOnlyDictionary<string, string> faults)
    {
        var (chosen, fault) = (fields.GetValueOrDefault(name, ""), faults.GetValueOrDefault(name));
        var listed = string.Concat(options.Select(o => $"<option value=\"{Markup.Encode(o.Value)}\"{(o.Value == chosen ? " selected" : "")}>{Markup.Encode(o.Word)}</option>"));
        return new HtmlString($"<div class=\"field\"><label for=\"f-{name}\">{Markup.Encode(label)}</label><select id=\"f-{name}\" name=\"{name}\"{Invalid(name, fault)}>{listed}</select>{Told(name, fault)}</div>");
    }

    /// <summary>Every change has one: it stands in the history.</summary>
    public static IHtmlContent Reason(IReadOnlyDictionary<string, string> fields, IReadOnlyDictionary<string, string> faults, bool first = false)
    {
        var fault = faults.GetValueOrDefault("reason");
        return new HtmlString(
            $"<div class=\"field\"><label for=\"f-reason\">Reason</label><input id=\"f-reason\" name=\"reason\" required maxlength=\"500\" autocomplete=\"off\" placeholder=\"Stands in the history\" value=\"{Markup.Encode(fields.GetValueOrDefault("reason", ""))}\"{(first ? " autofocus" : "")}{Invalid("reason", fault)}>{Told("reason", fault)}</div>");
    }

    public static IHtmlContent Fault(string name, string? fault) => new HtmlString(Told(name, fault));

    private static string Invalid(string name, string? fault) => fault is null ? "" : $" aria-invalid=\"true\" aria-describedby=\"e-{name}\"";

    private static string Told(string name, string? fault) => fault is null ? ""
        : $"<p class=\"err\" id=\"e-{name}\"><svg class=\"i i-sm\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><use href=\"#i-warning\"/></svg><span>{Markup.Encode(fault)}</span></p>";
}
