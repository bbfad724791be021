using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Ledger.Repricing;

/// <summary>What a job has found and done so far. Sums are exact, and end where 64 bits end. Stored as JSON: members are only added.</summary>
public sealed record RepriceTally
{
    /// <summary>Models, and cost centers, that are listed by name; the others are summed up together.</summary>
    public const int MaxGroups = 200;

    /// <summary>Stands for the groups that are not listed by name. No model and no cost center is called so.</summary>
    public const string Others = "";

    /// <summary>Rows of the range whose cost the engine has made, counted at the beginning; null: not counted yet.</summary>
    public long? RowsTotal { get; init; }

    /// <summary>Of <see cref="RowsTotal"/>, those that are done with.</summary>
    public long RowsDone { get; set; }

    /// <summary>Rows with a difference.</summary>
    public long RowsChanged { get; set; }

    /// <summary>What the rows that could be rated again cost before, earlier re-pricing included.</summary>
    public long BeforeNanos { get; set; }

    /// <summary>The sum of the differences; of a real run that of the corrections.</summary>
    public long DifferenceNanos { get; set; }

    /// <summary>By reason, rows that stay as they are.</summary>
    public Dictionary<string, long> Skipped { get; init; } = [];

    public Dictionary<string, RepriceGroup> Models { get; init; } = [];

    public Dictionary<string, RepriceGroup> CostCenters { get; init; } = [];

    /// <summary>A copy that can be counted on while this one stays.</summary>
    public RepriceTally Copy() => this with { Skipped = new(Skipped), Models = new(Models), CostCenters = new(CostCenters) };

    public void Skip(string reason, long rows = 1)
    {
        if (rows > 0) Skipped[reason] = Skipped.GetValueOrDefault(reason) + rows;
    }

    public void Count(string model, string costCenter, Money before, Money difference)
    {
        BeforeNanos = Saturating.Add(BeforeNanos, before.Nanos);
        if (difference == Money.Zero) return;
        RowsChanged++;
        DifferenceNanos = Saturating.Add(DifferenceNanos, difference.Nanos);
        Add(Models, model, before, difference);
        Add(CostCenters, costCenter, before, difference);
    }

    private static void Add(Dictionary<string, RepriceGroup> groups, string name, Money before, Money difference)
    {
        if (groups.Count >= MaxGroups && !groups.ContainsKey(name)) name = Others;
        var group = groups.GetValueOrDefault(name) ?? new RepriceGroup(0, 0, 0);
        groups[name] = new RepriceGroup(group.Rows + 1, Saturating.Add(group.BeforeNanos, before.Nanos), Saturating.Add(group.DifferenceNanos, difference.Nanos));
    }
}

/// <summary>Changed rows of one model or cost center.</summary>
public sealed record RepriceGroup(long Rows, long BeforeNanos, long DifferenceNanos);
