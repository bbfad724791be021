using System.Text.RegularExpressions;
using BudgetEngine.TestKit.Documents;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Api.Tests.Messages;

/// <summary>docs/messages.md has every line that the engine writes into its log, found in the source.</summary>
public sealed partial class LogTableTests
{
    private static readonly string _source = Path.Combine(Repository.Root!, "src");

    [Fact]
    public void Lines_OfTheLog_StandInTheTable()
    {
        var lines = Lines().OrderBy(l => l.Id).ToList();
        var table = DocumentSection.Table(["event id", "level", "line", "of"], lines.Select(l => (IReadOnlyList<string>)[$"{l.Id}", l.Level, l.Text, l.Project]));

        Assert.Equal(table, DocumentSection.Read("messages.md", "log", table));
        Assert.Equal(lines.Select(l => l.Id).Distinct(), lines.Select(l => l.Id));
    }

    [Fact]
    public void Lines_OfTheSource_AreAllRead()
    {
        var attributes = Directory.EnumerateFiles(_source, "*.cs", SearchOption.AllDirectories).Sum(file => Attribute().Count(File.ReadAllText(file)));
        Assert.Equal(attributes, Lines().Count());
    }

    private static IEnumerable<(int Id, string Level, string Text, string Project)> Lines() =>
        from file in Directory.EnumerateFiles(_source, "*.cs", SearchOption.AllDirectories)
        from Match line in Line().Matches(File.ReadAllText(file))
        select (int.Parse(line.Groups[1].Value), line.Groups[2].Value, line.Groups[3].Value, Path.GetRelativePath(_source, file).Split(Path.DirectorySeparatorChar)[0]);

    [GeneratedRegex("""\[LoggerMessage\((?:EventId = )?(\d+), (?:Level = )?LogLevel\.(\w+), (?:Message = )?"((?:[^"\\]|\\.)*)"\)\]""", RegexOptions.NonBacktracking)]
    private static partial Regex Line();

    [GeneratedRegex("""\[LoggerMessage\(""", RegexOptions.NonBacktracking)]
    private static partial Regex Attribute();
}
