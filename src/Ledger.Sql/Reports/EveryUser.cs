using System.Runtime.InteropServices;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>
/// The users of all tenants who spent most. Their rows at the tops of the trees, which may be hundreds of thousands, are read from an index that has no others, those of a tenant's date as two lists, and added
/// up here: put in groups by the database they took twice as long on both stores.
/// </summary>
/// <param name="only">A condition on the names of <c>d</c>, with its parameters and those of the range.</param>
internal sealed class EveryUser(string only, (string, object?)[] parameters)
{
    private static readonly string _isTop = $"d.dimension = {(int)UsageDimension.User} and d.cost_center not like '%/%' and d.booked_date >= @from and d.booked_date < @to";

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
            where {_isTop} and {only} group by d.booked_date, d.cost_center
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
        HashSet<string> wanted = [.. shown];
        var usages = await UsageDays.SumsByNameAsync(
            s, tops.SelectMany(t => t.Names.Where(wanted.Contains).Select(n => new UsageDayKey(UsageDimension.User, t.CostCenter, t.Date, n))), cancellationToken);
        return (shown.ConvertAll(n => new NamedUsage(n, usages[n])), more);
    }
}
