namespace BudgetEngine.Silo.Configuration;

/// <summary>Finds what somebody meant to type.</summary>
internal static class Spelling
{
    /// <summary>The word that the fewest letters, at most so many and less than half of it, keep from the text; upper and lower case are the same.</summary>
    public static string? Nearest(string text, IEnumerable<string> words, int atMost)
    {
        string? nearest = null;
        foreach (var word in words)
        {
            if (Math.Abs(word.Length - text.Length) > atMost || DistanceOf(text, word) is var distance && (distance > atMost || distance * 2 >= word.Length)) continue;
            (nearest, atMost) = (word, distance - 1);
        }

        return nearest;
    }

    /// <summary>Letters to put in, take out or change (Levenshtein).</summary>
    private static int DistanceOf(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
