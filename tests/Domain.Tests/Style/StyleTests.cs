using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace BudgetEngine.Domain.Tests.Style;

/// <summary>Rules of the source that no compiler keeps: sizes, the purity of the core, the direction of references, the glossary.</summary>
public sealed partial class StyleTests
{
    private const int MaxLines = 400;

    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));

    [Fact]
    public void SourceFile_Anywhere_HasAtMost400Lines() =>
        Assert.Empty(from file in Sources("src", "tests", "bench") let lines = File.ReadLines(file).Count() where lines > MaxLines select $"{Relative(file)}: {lines}");

    [Fact]
    public void DomainLedgerAndAlerts_Code_HasNoFloatingPoint() =>
        Assert.Empty(Matches(FloatingPoint(), "src/Domain", "src/Ledger", "src/Ledger.Sql", "src/Alerts"));

    [Fact]
    public void Source_Anywhere_HasNoConditionalCompilation() =>
        Assert.Empty(Matches(Conditional(), "src", "tests", "bench"));

    [Fact]
    public void Source_Anywhere_HasNoOpenEnds() =>
        Assert.DoesNotContain(Matches(OpenEnd(), "src", "tests", "bench"), m => !m.Contains("StyleTests", StringComparison.Ordinal));

    [Fact]
    public void TypeNames_Anywhere_AreNotBannedWords() =>
        Assert.Empty(Matches(BannedName(), "src"));

    [Theory]
    [InlineData("Domain")]
    [InlineData("Grains.Interfaces", "Domain")]
    [InlineData("Ledger", "Domain")]
    [InlineData("Ledger.Sql", "Ledger")]
    [InlineData("Alerts", "Domain", "Ledger")]
    [InlineData("Grains", "Alerts", "Domain", "Grains.Interfaces", "Ledger")]
    [InlineData("Cli")]
    [InlineData("Client")]
    [InlineData("Client.AspNetCore", "Client")]
    [InlineData("Gateway", "Client")]
    [InlineData("Api", "Alerts", "Domain", "Grains.Interfaces", "Ledger")]
    [InlineData("Dashboard", "Api", "Domain", "Grains.Interfaces", "Ledger")]
    public void Project_References_OnlyWhatTheArchitectureAllows(string project, params string[] allowed)
    {
        var text = File.ReadAllText(Path.Combine(Root, "src", project, $"{project}.csproj"));
        var referenced = ProjectReference().Matches(text).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);
        Assert.Equal(allowed.Order(StringComparer.Ordinal), referenced);
    }

    /// <summary>A code map that leads nowhere is worse than none. Not the style guide, which points into other repositories.</summary>
    [Fact]
    public void Docs_FilesThatTheyName_Exist()
    {
        var documents = Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md").Append(Path.Combine(Root, "README.md")).Append(Path.Combine(Root, "CONTRIBUTING.md"))
            .Where(d => Path.GetFileName(d) != "style.md").ToList();
        Assert.True(documents.Count >= 10);
        Assert.Empty(
            from document in documents
            from path in SourcePath().Matches(File.ReadAllText(document)).Select(m => m.Groups[1].Value).Distinct()
            where !path.Contains("NNNN", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Root, path))
            select $"{Relative(document)}: {path}");
    }

    [Fact]
    public void Namespace_OfEveryFile_IsItsFolder() =>
        Assert.Empty(
            from file in Sources("src", "tests", "bench")
            from line in File.ReadLines(file)
            where line.StartsWith("namespace ", StringComparison.Ordinal)
            let folder = Path.GetDirectoryName(Relative(file))!.Replace('\\', '/')
            where line != $"namespace BudgetEngine.{folder[(folder.IndexOf('/') + 1)..].Replace('/', '.')};"
            select $"{Relative(file)}: {line}");

    [Fact]
    public void TestProjects_All_AreRunByTheTestCommand()
    {
        var command = File.ReadAllText(Path.Combine(Root, "test.sh"));
        var projects = Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.csproj", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("<IsTest>true</IsTest>", StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f)).ToList();
        Assert.True(projects.Count >= 10);
        Assert.All(projects, p => Assert.Matches($@"[\s/]{Regex.Escape(p)}[\s;]", command));
    }

    private static IEnumerable<string> Matches(Regex pattern, params string[] folders) =>
        from file in Sources(folders)
        from line in File.ReadLines(file).Select((text, index) => (text, number: index + 1))
        where !line.text.TrimStart().StartsWith("//", StringComparison.Ordinal) && pattern.IsMatch(line.text)
        select $"{Relative(file)}:{line.number}: {line.text.Trim()}";

    private static IEnumerable<string> Sources(params string[] folders) =>
        folders.Select(f => Path.Combine(Root, f)).Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories));

    private static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"\b(float|double)\b")]
    private static partial Regex FloatingPoint();

    [GeneratedRegex(@"^\s*#if\b")]
    private static partial Regex Conditional();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b|NotImplementedException")]
    private static partial Regex OpenEnd();

    [GeneratedRegex(@"\b(class|record|struct|interface)\s+\w*(Manager|Helper|Util|Utils)\b")]
    private static partial Regex BannedName();

    [GeneratedRegex(@"ProjectReference Include=""[^""]*/([^/""]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"`((?:src|tests|deploy|eng|bench)/[\w./-]*[\w/])`")]
    private static partial Regex SourcePath();
}
