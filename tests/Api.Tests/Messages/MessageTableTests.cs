using System.Globalization;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Errors;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Wording;
using BudgetEngine.TestKit.Documents;

namespace BudgetEngine.Api.Tests.Messages;

/// <summary>docs/messages.md has every problem and every denial, and each sentence is true of the state that makes it.</summary>
public sealed class MessageTableTests
{
    [Fact]
    public void Problems_OfEveryCode_StandInTheTable()
    {
        var table = DocumentSection.Table(
            ["code", "status", "title"], ApiCode.Table.OrderBy(c => c.Value.Status).ThenBy(c => c.Key, StringComparer.Ordinal)
                .Select(c => (IReadOnlyList<string>)[$"`{c.Key}`", c.Value.Status.ToString(CultureInfo.InvariantCulture), c.Value.Title]));

        Assert.Equal(table, DocumentSection.Read("messages.md", "problems", table));
    }

    [Fact]
    public void Denials_OfEveryReason_StandInTheTable()
    {
        var reasons = Enum.GetValues<DenialReason>().Select(Words.DenialReasons.Find).OfType<string>();
        Assert.Equal(reasons.Order(), DenialCase.All.Select(c => c.Answer.Reason!).Distinct().Order());
        var table = DocumentSection.Table(
            ["reason", "case", "title", "to the holder of the key (`detail`)", "to an end client (`X-Budget-Message`)"], DenialCase.All.Select(c =>
            {
                var text = TextOf(c);
                return (IReadOnlyList<string>)[$"`{c.Answer.Reason}`", c.Name, text.Title, text.ForCaller, text.ForEndClient];
            }));

        Assert.Equal(table, DocumentSection.Read("messages.md", "denials", table));
    }

    [Fact]
    public void Denial_InEveryCase_SaysWhatIsTrueAndNothingElse()
    {
        foreach (var denial in DenialCase.All)
        {
            var text = TextOf(denial);
            foreach (var word in denial.Says) Assert.Contains(word, text.ForCaller, StringComparison.Ordinal);
            foreach (var word in denial.NeverSays)
            {
                Assert.DoesNotContain(word, text.Title, StringComparison.Ordinal);
                Assert.DoesNotContain(word, text.ForCaller, StringComparison.Ordinal);
                Assert.DoesNotContain(word, text.ForEndClient, StringComparison.Ordinal);
            }

            // Neither cost center nor user reaches an end client, and nothing that would break the JSON of a gateway.
            Assert.DoesNotContain("acme", text.ForEndClient + text.Title, StringComparison.Ordinal);
            Assert.DoesNotContain("u-17", text.ForEndClient, StringComparison.Ordinal);
            Assert.All(text.ForEndClient, c => Assert.True(c is >= ' ' and <= '~' and not ('"' or '\\' or '\''), text.ForEndClient));
        }
    }

    private static DenialText TextOf(DenialCase denial) => new(denial.Answer, Resolution.Nano, DenialCase.Now);
}
