using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.TestKit.Documents;

/// <summary>
/// A part of a document between <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c> that a test makes from the code. <c>BUDGET_GOLDEN=write</c> writes it anew: then the difference in git is what is
/// to be judged.
/// </summary>
public static class DocumentSection
{
    /// <summary>What stands there; where it is to be written, what was written.</summary>
    /// <param name="document">A file of <c>docs/</c>.</param>
    /// <param name="made">What the code makes of it.</param>
    public static string Read(string document, string name, string made)
    {
        var file = Path.Combine(Repository.Root ?? throw new DirectoryNotFoundException("the repository's root"), "docs", document);
        var (text, begin, end) = (File.ReadAllText(file), $"<!-- {name} -->\n", $"<!-- /{name} -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(end, StringComparison.Ordinal);
        if (from < begin.Length || to < from) throw new InvalidDataException($"docs/{document} has no section {name}");
        if (Environment.GetEnvironmentVariable("BUDGET_GOLDEN") != "write") return text[from..to];
        File.WriteAllText(file, text[..from] + made + text[to..]);
        return made;
    }

    /// <summary>A table of Markdown. Bars in cells are escaped.</summary>
    public static string Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var lines = rows.Select(Line).Prepend(Line([.. columns.Select(_ => "---")])).Prepend(Line(columns));
        return string.Join('\n', lines) + "\n";
    }

    private static string Line(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |";
}
