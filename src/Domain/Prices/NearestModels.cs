using System.Collections.Concurrent;

namespace BudgetEngine.Domain.Prices;

/// <summary>
/// Models of a book whose names share most words with another name, for people to find the one that they meant. Answers are kept: a model that nobody knows tends
/// to be asked for again and again.
/// </summary>
internal sealed class NearestModels(PriceTimeline[] timelines)
{
    public const int Most = 3;

    private const int MaxKept = 1_000;

    private static readonly char[] Separators = ['-', '/', '.', ':', '@', '_', ' '];

    private readonly Lazy<(PriceTimeline Timeline, string[] Words)[]> _models = new(() => [.. timelines.Select(t => (t, WordsOf(t.Model)))]);
    private readonly ConcurrentDictionary<string, string[]> _kept = new(StringComparer.Ordinal);

    /// <summary>At most <see cref="Most"/> models that have a price at that instant, the nearest first; none that shares no word.</summary>
    public IReadOnlyList<string> To(string model, DateTimeOffset at)
    {
        if (_kept.TryGetValue(model, out var kept)) return kept;
        var words = WordsOf(model);
        string[] found =
        [
            .. _models.Value.Select(m => (m.Timeline, Likeness: Likeness(words, m.Words))).Where(m => m.Likeness > 0 && m.Timeline.PriceAt(at) is not null)
                .OrderByDescending(m => m.Likeness).ThenBy(m => m.Timeline.Model.Length).ThenBy(m => m.Timeline.Model, StringComparer.Ordinal).Take(Most).Select(m => m.Timeline.Model),
        ];
        if (_kept.Count < MaxKept) _kept.TryAdd(model, found);
        return found;
    }

    /// <summary>Shared words among all of both, in thousandths.</summary>
    private static int Likeness(string[] words, string[] others)
    {
        var shared = 0;
        foreach (var word in words)
        {
            if (others.Contains(word)) shared++;
        }

        return shared == 0 ? 0 : 2_000 * shared / (words.Length + others.Length);
    }

    private static string[] WordsOf(string model) =>
        [.. (model.Length <= PriceBook.MaxNameLength ? model : model[..PriceBook.MaxNameLength]).ToLowerInvariant().Split(Separators, StringSplitOptions.RemoveEmptyEntries).Distinct()];
}
