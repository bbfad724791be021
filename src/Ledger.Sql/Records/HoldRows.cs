using System.Diagnostics.CodeAnalysis;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Records;

/// <summary>Reads the rows of one answer. A node may have 100,000 stored holds, of which all name the same owner, user and nodes: what is said again is the same object again.</summary>
internal sealed class HoldRows
{
    /// <summary>Different texts, and lists of them, that are kept for the rows to come.</summary>
    private const int MaxShared = 1_000;

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> _epochs = new(StringComparer.Ordinal);

    /// <summary>A cost center, and a hold that names it.</summary>
    public (string CostCenter, DurableHold Hold) Read(RowReader r) => (Shared(r.Text()), ReadHold(r));

    private DurableHold ReadHold(RowReader r) => new(
        r.Id(), Shared(r.Text()), Shared(r.Text()), Shared(r.TextOrNull()), r.TextOrNull(), r.Id(), new Stamp(r.Long()), new Stamp(r.Long()), r.Date(), r.Money(), r.Money(), r.Money(),
        new TimeSpan(r.Long() * TimeSpan.TicksPerMicrosecond), r.Time(), r.Time(), r.Flag(), r.Flag(), Shared(_nodes, r.Text(), HoldColumns.TextsOf),
        Shared(_epochs, r.Text(), HoldColumns.NumbersOf));

    [return: NotNullIfNotNull(nameof(text))]
    private string? Shared(string? text) => text is null ? null : Shared(_texts, text, static t => t);

    private static T Shared<T>(Dictionary<string, T> known, string text, Func<string, T> read)
    {
        if (known.TryGetValue(text, out var shared)) return shared;
        var made = read(text);
        if (known.Count < MaxShared) known.Add(text, made);
        return made;
    }
}
