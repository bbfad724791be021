using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.CostCenters;
using Microsoft.AspNetCore.Html;

namespace BudgetEngine.Dashboard.Rendering;

/// <summary>Small pieces of HTML that many views share. Everything that comes from outside is escaped.</summary>
internal static class Markup
{
    /// <summary>Escapes what HTML needs escaped, and leaves the other characters of the world readable.</summary>
    public static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Encode(string text) => Encoder.Encode(text);

    public static IHtmlContent Icon(string name, string more = "") =>
        new HtmlString($"<svg class=\"i {more}\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><use href=\"#i-{name}\"/></svg>");

    /// <summary>A status: colour, icon and word.</summary>
    /// <param name="live">Attributes by which the script finds it.</param>
    public static IHtmlContent Chip(StatusLook look, string live = "") =>
        new HtmlString($"<span class=\"chip st-{look.Name}\"{live}><svg class=\"i\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><use href=\"#i-{look.Name}\"/></svg><span>{Encode(look.Word)}</span></span>");

    /// <summary>Attributes by which the script finds a figure of a cost center.</summary>
    public static string Live(string costCenter, string field, string? period = null, string symbol = "") =>
        $" data-cc=\"{Encode(costCenter)}\" data-f=\"{field}\"{(period is null ? "" : $" data-p=\"{period}\"")}{(symbol.Length == 0 ? "" : $" data-sym=\"{Encode(symbol)}\"")}";

    public static IHtmlContent LiveAttributes(string costCenter, string field, string? period = null, string symbol = "") =>
        new HtmlString(Live(costCenter, field, period, symbol));

    public static IHtmlContent Ago(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone) => Time(at, TimeWords.Ago(at, now, zone), zone, " data-ago");

    public static IHtmlContent Until(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone) => Time(at, TimeWords.Until(at, now), zone, "");

    public static IHtmlContent Time(DateTimeOffset at, string words, TimeZoneInfo zone, string attributes = "") => new HtmlString(
        string.Create(CultureInfo.InvariantCulture, $"<time datetime=\"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\" title=\"{Encode(TimeWords.Exact(at, zone))}\"{attributes}>{Encode(words)}</time>"));

    /// <summary>A path with room to break after each slash, its last part strong.</summary>
    public static IHtmlContent Path(string path)
    {
        var last = path.LastIndexOf('/') + 1;
        var above = Encode(path[..last]).Replace("/", "/<wbr>", StringComparison.Ordinal);
        return new HtmlString((above.Length > 0 ? $"<span class=\"up\">{above}</span>" : "") + Encode(path[last..]));
    }

    /// <summary>Where a cost center's page is.</summary>
    public static string Address(string costCenter) => "/cost-centers/" + costCenter;

    public static string Name(string costCenter) => costCenter[(costCenter.LastIndexOf('/') + 1)..];

    /// <summary>Where a cost center is, with room to break after each slash.</summary>
    public static IHtmlContent AbovePath(string costCenter) =>
        new HtmlString(Encode(CostCenterId.ParentOf(costCenter) ?? "tenant").Replace("/", "/<wbr>", StringComparison.Ordinal));

    /// <summary>So many of a thing whose plural has an s.</summary>
    public static string Count(long number, string thing) => Number(number) + " " + thing + (number == 1 ? "" : "s");

    /// <summary>Who has done something: the id of a key, or what stands for one.</summary>
    public static string Actor(string id) => id switch { "open" => "open mode", "env" => "the installation's admin key", "auto" => "first usage", _ => id };

    public static string Number(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);
}
