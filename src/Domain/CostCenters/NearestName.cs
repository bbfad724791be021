using System.Buffers;

namespace BudgetEngine.Domain.CostCenters;

/// <summary>
/// Which of the names that there are somebody may have meant who wrote another. Names that differ on purpose are not near: those whose digits differ (<c>team-1</c>, <c>team-2</c>),
/// or a word of one or two letters (<c>eu-a</c>, <c>eu-b</c>).
/// </summary>
public static class NearestName
{
    /// <summary>So many names are compared with one; what reads them reads no more.</summary>
    public const int MaxCompared = 500;

    /// <summary>Letters that are missing, too many, others, or in the wrong order. More of them make another name.</summary>
    public const int MaxEdits = 2;

    /// <summary>Names of fewer letters may differ by one edit only, those of fewer than <see cref="MinWord"/> by none.</summary>
    private const int MinLengthOfTwoEdits = 6;

    private const int MinWord = 3;

    private static readonly SearchValues<char> _separators = SearchValues.Create("-_.");

    /// <summary>The one with the fewest edits, of several the first in order of names; null: none is near. The name itself is not.</summary>
    /// <param name="others">Segments of paths, as is <paramref name="name"/>; of more than <see cref="MaxCompared"/> the rest is not looked at.</param>
    public static string? Of(string name, IEnumerable<string> others)
    {
        var most = name.Length < MinWord ? 0 : name.Length < MinLengthOfTwoEdits ? 1 : MaxEdits;
        string? nearest = null;
        var fewest = most + 1;
        foreach (var other in others.Take(MaxCompared))
        {
            if (other == name || Math.Abs(other.Length - name.Length) > most || !MayBeMeant(name, other)) continue;
            var edits = Edits(name, other);
            if (edits < fewest || (edits == fewest && nearest is not null && string.CompareOrdinal(other, nearest) < 0)) (nearest, fewest) = (other, edits);
        }

        return nearest;
    }

    private static bool MayBeMeant(string name, string other)
    {
        if (!name.Where(char.IsAsciiDigit).SequenceEqual(other.Where(char.IsAsciiDigit))) return false;
        var (words, others) = (Words(name), Words(other));
        if (words.Count != others.Count) return true;
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] != others[i] && Math.Min(words[i].Length, others[i].Length) < MinWord) return false;
        }

        return true;
    }

    private static List<string> Words(string name)
    {
        var words = new List<string>();
        var rest = name.AsSpan();
        while (rest.IndexOfAny(_separators) is >= 0 and var end)
        {
            words.Add(rest[..end].ToString());
            rest = rest[(end + 1)..];
        }

        words.Add(rest.ToString());
        return words;
    }

    /// <summary>Optimal string alignment: as Levenshtein, and two neighbours that changed places are one edit. Segments are short, so the whole table is 65 x 65 at most.</summary>
    private static int Edits(string a, string b)
    {
        var (before, last, row) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, last, row) = (last, row, before);
        }

        return last[b.Length];
    }
}
