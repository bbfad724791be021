using BudgetEngine.Silo.Commands;
using BudgetEngine.TestKit.Documents;

namespace BudgetEngine.Deploy.Operations;

/// <summary>docs/messages.md has what a person sees when the process has started.</summary>
public sealed class MessagesDocTests
{
    private const string Address = "http://127.0.0.1:8080";

    [Fact]
    public void Banner_InOpenModeAndWithKeys_StandsInTheDocument()
    {
        var text = $"Open mode:\n\n{Block(open: true)}\nWith keys:\n\n{Block(open: false)}";
        Assert.Equal(text, DocumentSection.Read("messages.md", "banner", text));
    }

    [Fact]
    public void Examples_OfTheBanner_HaveTheHeaderOfTheKey_OnceThereAreKeys()
    {
        Assert.Equal(2, Lines(open: false).Count(l => l.Contains(" -H \"X-Budget-Key: $BUDGET_KEY\" ", StringComparison.Ordinal)));
        Assert.DoesNotContain(Lines(open: true), l => l.Contains("X-Budget-Key", StringComparison.Ordinal));
    }

    private static string Block(bool open) => $"```text\n{string.Join('\n', Lines(open))}\n```\n";

    private static IReadOnlyList<string> Lines(bool open) => Banner.Lines([Address], "SQLite ./data/ledger.db", open);
}
