using System.Runtime.InteropServices;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>
/// The users of all tenants who spent most. Their rows at the tops of the trees, which may be hundreds of thousands, are read from an index that has no others, those of a tenant's date as two lists, and added
/// up here: as rows of their own they took three times as long on both stores.
/// </summary>
/// <param name="only">A condition on the names of <c>d</c>, with its parameters and those of the range.</param>
internal sealed class EveryUser(string only, (string, object?)[] parameters)
{
    private const string IsTop = "d.dimension = 3 and d.cost_center not like '%/%' and d.booked_date >= @from and d.booked_date < @to";

    private static readonly (string Name, string Type)[] _keys = [("cost_center", "text"), ("booked_date", "date"), ("name", "text")];

    private static readonly Comparer<(string Name, long Spent)> _dearest = Comparer<(string Name, long Spent)>.Create((a, b) =>
        b.Spent.CompareTo(a.Spent) is var order && order != 0 ? order : string.CompareOrdinal(a.Name, b.Name));

    /// <summary>Names for which a table is kept for the next report: new ones of some megabytes have the collector look through all of memory.</summary>
    private const int MaxKept = 200_000;

    private static Dictionary<string, long>? s_kept;

    private sealed record TopDate(string CostCenter, DateOnly Date, string[] Names, long[] Spent);

    /// <summary>Dearest first, and whether there are more.</summary>
    public async Task<(List<NamedUsage> Users, bool More)> RankedAsync(LedgerSession s, int limit, CancellationToken cancellationToken)
    {
        var tops = await s.ListAsync(
            $"""
            select d.cost_center, d.booked_date, {s.Dialect.ListOf("d.name")}, {s.Dialect.ListOf("d.spent")} from usage_days d {s.Dialect.Along("ix_usage_days_users")}
            where {IsTop} and {only} group by d.booked_date, d.cost_center
            """,
            r => new TopDate(r.Text(), r.Date(), r.Texts(), r.Numbers()), cancellationToken, parameters);
        var sums = Interlocked.Exchange(ref s_kept, null) ?? new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var top in tops)
        {
            for (var i = 0; i < top.Names.Length; i++)
            {
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, top.Names[i], out _);
                sum = Saturating.Add(sum, top.Spent[i]);
            }
        }

        var highest = new Highest<(string Name, long Spent)>(limit, _dearest);
        foreach (var (name, spent) in sums)
        {
            if (!highest.IsFull || spent >= highest.Last.Spent) highest.Add((name, spent));
        }

        var more = sums.Count > limit;
        sums.Clear();
        if (sums.Capacity <= MaxKept) s_kept = sums;
        var shown = highest.ToList().ConvertAll(h => h.Name);
        var usages = await UsagesAsync(s, tops, [.. shown], cancellationToken);
        return (shown.ConvertAll(n => new NamedUsage(n, usages[n])), more);
    }

    private static async Task<Dictionary<string, UsageSum>> UsagesAsync(LedgerSession s, List<TopDate> tops, HashSet<string> names, CancellationToken cancellationToken)
    {
        var keys = tops.SelectMany(t => t.Names.Where(names.Contains).Select(n => (t.CostCenter, t.Date, Name: n)));
        var json = JsonRows.Of(keys, (to, key) =>
        {
            to.WriteString("cost_center", key.CostCenter);
            s.Dialect.WriteDate(to, "booked_date", key.Date);
            to.WriteString("name", key.Name);
        });
        var usages = await s.ListAsync(
            $"""
            select d.name, {UsageDays.SelectSums(s.Dialect)} from {s.Dialect.Rows("@keys", "k", _keys)}
            join usage_days d on d.dimension = 3 and d.cost_center = k.cost_center and d.booked_date = k.booked_date and d.name = k.name
            group by d.name
            """,
            r => new NamedUsage(r.Text(), UsageDays.ReadSum(r)), cancellationToken, ("keys", json));
        return usages.ToDictionary(u => u.Name, u => u.Usage, StringComparer.Ordinal);
    }
}
