using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.CostCenters;

/// <summary>One cost center for people, on the page at the root: where the links of alerts lead (<c>/?cost_center=...</c>). Every value is escaped.</summary>
internal sealed class CostCenterPage(LiveNodes nodes)
{
    private const string Parameter = "cost_center";

    /// <summary>A narrow screen moves the table, not the page; what one came for is on the left.</summary>
    private const string Begin =
        """
        <div class="wide"><table><tr><th>Cost center</th><th>Period</th><th class="amount">Left</th><th class="amount">Limit</th><th class="amount">Spent</th><th class="amount">Held</th><th>Status</th></tr>
        """;

    /// <summary>Its spend, and every limit that holds for it, with those of the cost centers above. A look creates nothing.</summary>
    /// <returns>The cost center, where there is one; null also where none was asked for.</returns>
    public async Task<string?> WriteAsync(StringBuilder page, HttpContext context)
    {
        var asked = context.Request.Query[Parameter].ToString();
        if (asked.Length == 0) return null;
        if (!CostCenterId.TryParse(asked, out var id, out var fault))
        {
            page.Append("<p>That is no cost center: it ").Append(Escaped(fault!)).Append(".</p>");
            return null;
        }

        try
        {
            var views = await nodes.ViewPathsAsync([id.Path], 0);
            if (!views[id.Path].Exists)
            {
                page.Append("<p>There is no cost center ").Append(Escaped(id.Path)).Append(".</p>");
                return null;
            }

            Write(page, id.Path, views);
        }
        catch (Exception outage) when (outage is LedgerUnavailableException or LedgerContentionException)
        {
            page.Append("<p>The cost center ").Append(Escaped(id.Path)).Append(" does not answer now.</p>");
        }

        return id.Path;
    }

    /// <summary>For those who may not see it here, whether or not it exists: where it is to be seen.</summary>
    public static void WriteWay(StringBuilder page, HttpContext context, bool isOpen)
    {
        if (!CostCenterId.TryParse(context.Request.Query[Parameter].ToString(), out var id, out _)) return;
        var name = Escaped(id.Path);
        // A browser says where a request comes from: a link in a chat or a mail is from elsewhere, one of this page is not.
        if (isOpen) page.Append($"<p>You came by a link from elsewhere. Go on to <a href=\"/?{Parameter}={Uri.EscapeDataString(id.Path)}\">{name}</a>.</p>");
        else page.Append($"<p>What you came for is behind a key too: <code>GET /v1/cost-centers/{name}</code>.</p>");
    }

    private void Write(StringBuilder page, string path, IReadOnlyDictionary<string, NodeView> views)
    {
        var view = views[path];
        page.Append("<h2>").Append(Escaped(path)).Append("</h2>");
        page.Append(CultureInfo.InvariantCulture, $"<p>Spent {new Money(view.SpentToday)} today, {new Money(view.SpentMonth)} this month.</p>");
        var windows = CostCenterId.SelfAndAncestors(path).SelectMany(node => WindowsOf(node, views)).ToList();
        if (windows.Count == 0) page.Append("<p>Nothing limits it.</p>");
        else page.Append(Begin);
        foreach (var window in windows) WriteRow(page, window);
        if (windows.Count > 0) page.Append("</table></div>");
    }

    /// <summary>Its own limits, and those that its parent's <c>per_child</c> sets it.</summary>
    private IEnumerable<WindowView> WindowsOf(string node, IReadOnlyDictionary<string, NodeView> views)
    {
        var ofParent = CostCenterId.ParentOf(node) is { } parent && views[parent].ChildWindows is { IsDefaultOrEmpty: false } set ? set.Where(w => w.CostCenter == node) : [];
        return views[node].Windows.Concat(ofParent).Where(w => w.User is null).Select(w => nodes.WindowOf(w, 0));
    }

    private static void WriteRow(StringBuilder page, WindowView window)
    {
        page.Append("<tr><td class=\"path\">").Append(Escaped(window.CostCenter).Replace("/", "/<wbr>", StringComparison.Ordinal));
        page.Append("</td><td>").Append(Words.Periods.Of(window.Period)).Append("</td>");
        foreach (var amount in (Money[])[window.Available, window.Limit, window.Spent, window.Held]) page.Append("<td class=\"amount\">").Append(amount).Append("</td>");
        page.Append("<td>").Append(Escaped(window.Status)).Append("</td></tr>");
    }

    private static string Escaped(string text) => HtmlEncoder.Default.Encode(text);
}
