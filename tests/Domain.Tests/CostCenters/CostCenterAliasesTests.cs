using BudgetEngine.Domain.CostCenters;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Domain.Tests.CostCenters;

public sealed class CostCenterAliasesTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 5, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The old place went as a whole, and then a part of it went on.</summary>
    [Fact]
    public void OldName_OfAPartThatMovedOn_LeadsToWhereThePartIsNow()
    {
        var aliases = new CostCenterAliases([Alias("a/x", "a/y"), Alias("a/y/part", "a/z")]);

        Assert.Equal(("a/z/deep", "a/z/deep", "a/z/deep"), (aliases.BookedAt("a/x/part/deep"), aliases.CountedAt("a/x/part/deep"), aliases.AskedAt("a/x/part/deep", _now)));
        Assert.Equal("a/y/other", aliases.BookedAt("a/x/other"));
    }

    [Fact]
    public void OldName_OfAPartThatMovesOnJustNow_LeadsAsFarAsChecksAndHistoryGo()
    {
        var aliases = new CostCenterAliases([Alias("a/x", "a/y"), Alias("a/y/part", "a/z") with { ForChecks = false, KeepsHistory = true }]);

        Assert.Equal(("a/z", "a/y/part", "a/y/part"), (aliases.BookedAt("a/x/part"), aliases.CountedAt("a/x/part"), aliases.AskedAt("a/x/part", _now)));
    }

    /// <summary>A part went and left its history, and then the place went with what the part had left.</summary>
    [Fact]
    public void OldName_OfAPartThatLeftItsHistory_IsCountedWhereTheHistoryWent()
    {
        var aliases = new CostCenterAliases([Alias("a/x", "a/y"), Alias("a/x/part", "a/z") with { KeepsHistory = true }, Alias("a/y/part", "a/z") with { KeepsHistory = true }]);

        Assert.Equal(("a/z/deep", "a/y/part/deep"), (aliases.BookedAt("a/x/part/deep"), aliases.CountedAt("a/x/part/deep")));
        Assert.Equal("a/y/part", aliases.CountedAt("a/y/part"));
    }

    /// <summary>By the name and what is above it, as by a look at all of them.</summary>
    [Fact]
    public void Find_AndOldNames_AreThoseThatALookAtEachWouldTell()
    {
        string[] parts = ["a", "b", "ab"];
        var names = parts.SelectMany(x => parts.SelectMany(y => parts.Select(z => $"t/{x}/{y}/{z}").Append($"t/{x}/{y}")).Append($"t/{x}")).Order(StringComparer.Ordinal).ToList();
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            // Later names only, and none that is a part of the old one: as moves leave them, no name comes back.
            var all = names.Where(_ => random.Next(4) == 0).Select(from => Alias(from, names[random.Next(names.IndexOf(from), names.Count)]))
                .Where(a => !CostCenterId.IsWithin(a.To, a.From)).ToList();
            var aliases = new CostCenterAliases(all);
            foreach (var name in names)
            {
                Assert.Same(all.Where(a => a.Move.Moves(name)).MaxBy(a => a.From.Length), aliases.Find(name));
                Assert.Equal(NamesLeadingTo(name, all, aliases), aliases.OldNamesOf(name).Order(StringComparer.Ordinal));
            }
        }
    }

    [Fact]
    public void Check_AmongThousandsOfOldNames_AllocatesNothing()
    {
        var aliases = new CostCenterAliases([.. Enumerable.Range(0, 2_000).Select(i => Alias($"a/old-{i}", "a/new"))]);
        const string Path = "a/b/c/d/e/f/g/h";
        Assert.Equal(Path, aliases.AskedAt(Path, _now));

        var found = 0;
        var allocated = Allocated.Each(() =>
        {
            for (var i = 0; i < 1_000; i++) found += aliases.Find(Path) is null ? 0 : 1;
        });

        Assert.Equal((0, 0L), (found, allocated));
    }

    private static IEnumerable<string> NamesLeadingTo(string path, List<CostCenterAlias> all, CostCenterAliases aliases)
    {
        List<string> found = [path];
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(all.Select(a => new CostCenterMove(a.To, a.From)).Where(m => m.Moves(found[i])).Select(m => m.NewNameOf(found[i])).Where(n => aliases.BookedAt(n) == path && !found.Contains(n)).Distinct().ToList());
        }

        return found[1..].Order(StringComparer.Ordinal);
    }

    private static CostCenterAlias Alias(string from, string to) => new(from, to, false, true, _now.AddDays(90));
}
