using System.Text.RegularExpressions;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Domain.Tests.Style;

/// <summary>The tests that <c>docs/questions.md</c> names are there.</summary>
public sealed partial class QuestionsTests
{
    [Fact]
    public void EveryQuestion_NamesATest_AndEachOfThemExists()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Repository.Root!, "tests"), "*.cs", SearchOption.AllDirectories).SelectMany(file => Method().Matches(File.ReadAllText(file))).Select(m => m.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadLines(Path.Combine(Repository.Root!, "docs", "questions.md")).Where(l => l.StartsWith("| ", StringComparison.Ordinal) && l is not ("| question | answer | shown by |" or "| --- | --- | --- |")).ToList();

        Assert.True(rows.Count > 20, "The tables are not read.");
        Assert.All(rows, row =>
        {
            var named = Name().Matches(row.Split(" | ")[^1]).Select(m => m.Groups[1].Value).ToList();
            Assert.NotEmpty(named);
            Assert.All(named, name => Assert.Contains(name, tests));
        });
    }

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
