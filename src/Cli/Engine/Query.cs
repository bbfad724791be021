using System.Text;

namespace BudgetEngine.Cli.Engine;

/// <summary>A path with a query of what is set.</summary>
internal static class Query
{
    public static string Of(string path, params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var text = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in parts)
        {
            if (value is null) continue;
            text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return text.ToString();
    }

    /// <summary>A cost center or model at the end of a path: its slashes are part of the path.</summary>
    public static string Name(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
}
