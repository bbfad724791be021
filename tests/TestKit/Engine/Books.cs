using System.Globalization;

namespace BudgetEngine.TestKit.Engine;

/// <summary>Balances computed by the test from rows alone: per cost center and every ancestor, per day and month, and per user where users are tracked.</summary>
public static class Books
{
    public static IEnumerable<string> SelfAndAncestors(string path)
    {
        yield return path;
        for (var at = path.LastIndexOf('/'); at > 0; at = path.LastIndexOf('/', at - 1)) yield return path[..at];
    }

    /// <param name="tracksUsers">Cost centers with a <c>per_user</c> budget.</param>
    public static Dictionary<BookKey, BookValue> Of(IEnumerable<Row> rows, params string[] tracksUsers)
    {
        var books = new Dictionary<BookKey, BookValue>();
        foreach (var row in rows)
        {
            var month = new DateOnly(row.BookedDate.Year, row.BookedDate.Month, 1);
            foreach (var node in SelfAndAncestors(row.CostCenter))
            {
                Add(new(node, "", false, row.BookedDate), row);
                Add(new(node, "", true, month), row);
                if (!tracksUsers.Contains(node)) continue;
                Add(new(node, row.User, false, row.BookedDate), row);
                Add(new(node, row.User, true, month), row);
            }
        }

        return books;

        void Add(BookKey key, Row row) => books[key] = books.GetValueOrDefault(key) + new BookValue(row.Cost, row.Requests);
    }

    public static void AssertEqual(Dictionary<BookKey, BookValue> expected, Dictionary<BookKey, BookValue> actual)
    {
        var wrong = expected.Keys.Union(actual.Keys).Where(k => expected.GetValueOrDefault(k) != actual.GetValueOrDefault(k)).ToList();
        Assert.True(wrong.Count == 0, string.Create(
            CultureInfo.InvariantCulture,
            $"{wrong.Count} of {expected.Count} balances differ: {string.Join("; ", wrong.Take(5).Select(k => $"{k}: rows {expected.GetValueOrDefault(k)}, balance {actual.GetValueOrDefault(k)}"))}"));
    }
}
