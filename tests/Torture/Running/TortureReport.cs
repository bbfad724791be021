using System.Globalization;
using System.Text;

namespace BudgetEngine.Torture.Running;

/// <summary>One round, as it is told.</summary>
/// <param name="Recovery">Milliseconds from the blow to the first good answer.</param>
/// <param name="AfterHealing">Milliseconds from the moment when nothing was broken any more.</param>
internal sealed record RoundReport(int Number, string Nemesis, string Blow, int Operations, int Acknowledged, int Repeated, long Recovery, long AfterHealing, int Violations);

/// <summary>What a run on one store came to.</summary>
internal sealed class TortureReport(string store, int seed)
{
    private readonly Dictionary<string, int> _counts = [];

    public List<RoundReport> Rounds { get; } = [];

    public List<string> Violations { get; } = [];

    public int Seed => seed;

    public List<string> Skipped { get; } = [];

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public void Add(IReadOnlyDictionary<string, int> counts)
    {
        foreach (var (what, count) in counts) _counts[what] = _counts.GetValueOrDefault(what) + count;
    }

    public string Summary()
    {
        var text = new StringBuilder();
        Line(text, $"== torture on {store}, seed {seed}: {Rounds.Count} rounds, {Rounds.Sum(r => (long)r.Operations)} operations, {Rounds.Sum(r => (long)r.Acknowledged)} records acknowledged, {Rounds.Sum(r => (long)r.Repeated)} of unknown outcome repeated, {Violations.Count} violations");
        foreach (var group in Rounds.GroupBy(r => r.Nemesis).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var (recovery, after) = (group.Select(r => r.Recovery).Order().ToList(), group.Select(r => r.AfterHealing).Order().ToList());
            Line(text, $"   {group.Key,-26} {group.Count(),3} rounds; blow to first good answer: median {recovery[recovery.Count / 2]} ms, most {recovery[^1]} ms; after healing: median {after[after.Count / 2]} ms, most {after[^1]} ms");
        }

        Line(text, $"   {string.Join(", ", _counts.OrderByDescending(c => c.Value).Select(c => $"{c.Value} {c.Key}"))}");
        foreach (var skipped in Skipped) Line(text, $"   skipped: {skipped}");
        foreach (var violation in Violations) Line(text, $"   VIOLATION {violation}");
        return text.ToString().TrimEnd();
    }

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
