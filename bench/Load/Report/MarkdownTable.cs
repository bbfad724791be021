namespace BudgetEngine.Load.Report;

/// <summary>Writes tables of Markdown: the first column is text, the others are numbers.</summary>
internal sealed class MarkdownTable(TextWriter to)
{
    public void Head(string title, params string[] columns)
    {
        to.WriteLine($"## {title}{Environment.NewLine}");
        Row(columns);
        to.WriteLine("|" + string.Concat(columns.Select((_, i) => i == 0 ? "---|" : "--:|")));
    }

    public void Row(params string[] cells) => to.WriteLine($"| {string.Join(" | ", cells)} |");

    /// <summary>An empty line ends it.</summary>
    public void End() => to.WriteLine();
}
