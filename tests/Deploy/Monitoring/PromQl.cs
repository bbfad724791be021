using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BudgetEngine.Deploy.Harness;
using BudgetEngine.Deploy.Yaml;

namespace BudgetEngine.Deploy.Monitoring;

/// <summary>Which metrics expressions name, and the expressions of our rules and dashboard.</summary>
internal static partial class PromQl
{
    private static readonly string[] Suffixes = ["_bucket", "_sum", "_count"];

    public static JsonNode Rules => YamlText.ReadFile(Files.Deploy("prometheus", "rules", "budget-engine.yml"));

    /// <summary>All of deploy/grafana.</summary>
    public static IReadOnlyList<JsonNode> Dashboards =>
        [.. Directory.GetFiles(Files.Deploy("grafana", "dashboards"), "*.json").Order(StringComparer.Ordinal).Select(f => JsonNode.Parse(File.ReadAllText(f))!)];

    public static IEnumerable<DashboardPanel> Panels =>
        from dashboard in Dashboards
        from panel in dashboard["panels"]!.AsArray()
        where panel["targets"] is not null
        select new DashboardPanel((string)dashboard["title"]!, (string)panel["title"]!, [.. panel["targets"]!.AsArray().Select(t => (string)t!["expr"]!)]);

    public static IEnumerable<JsonNode> AllRules => Rules["groups"]!.AsArray().SelectMany(g => g!["rules"]!.AsArray()).Select(r => r!);

    public static IEnumerable<string> RuleExpressions => AllRules.Select(r => (string)r["expr"]!);

    /// <summary>Of panels, and of the variables that read their values from labels.</summary>
    public static IEnumerable<string> DashboardExpressions => Panels.SelectMany(p => p.Expressions).Concat(
        from dashboard in Dashboards
        from variable in dashboard["templating"]!["list"]!.AsArray()
        where (string?)variable["type"] == "query"
        select LabelValues().Match((string)variable["query"]!["query"]!).Groups[1].Value);

    /// <summary>Names of metrics, without labels, functions and what rules record.</summary>
    public static IEnumerable<string> MetricsOf(string expression) =>
        Name().Matches(Grouping().Replace(Selector().Replace(expression, " "), " ")).Select(m => m.Value);

    /// <summary>The metric that the series belongs to, of those that are exposed; null: none.</summary>
    public static string? FamilyOf(string name, IReadOnlyDictionary<string, string> types)
    {
        if (types.ContainsKey(name)) return types[name] == "histogram" ? null : name;
        var suffix = Suffixes.FirstOrDefault(s => name.EndsWith(s, StringComparison.Ordinal));
        return suffix is not null && types.GetValueOrDefault(name[..^suffix.Length]) == "histogram" ? name[..^suffix.Length] : null;
    }

    /// <summary>Every exposed metric with its type.</summary>
    public static Dictionary<string, string> TypesOf(string exposition) =>
        exposition.Split('\n').Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')).ToDictionary(w => w[2], w => w[3]);

    [GeneratedRegex(@"\{[^}]*\}|""[^""]*""")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(?<![:\w$])(budget|dotnet|http|kestrel|orleans|process)_\w+(?![:\w(])")]
    private static partial Regex Name();

    [GeneratedRegex(@"^label_values\((\w+), \w+\)$")]
    private static partial Regex LabelValues();
}
