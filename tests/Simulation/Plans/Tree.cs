using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Simulation.Cluster;

namespace BudgetEngine.Simulation.Plans;

/// <summary>The cost centers of a run, one to four levels deep, with their first budgets.</summary>
internal sealed class Tree
{
    public static readonly string[] Users = ["ann", "bob", UsageRow.AnonymousUser];

    public Tree(Dice dice, RunPlan plan)
    {
        var levels = dice.Between(1, 4);
        Nodes.Add(World.Tenant);
        Leaves.Add(World.Tenant);
        for (var level = 2; level <= levels; level++)
        {
            var parents = Leaves.ToList();
            Leaves.Clear();
            foreach (var parent in parents)
            {
                var children = Nodes.Count > 6 ? 1 : dice.Between(1, 2);
                for (var i = 0; i < children; i++)
                {
                    var child = $"{parent}/{(char)('a' + i)}";
                    Nodes.Add(child);
                    Leaves.Add(child);
                }
            }
        }

        foreach (var node in Nodes)
        {
            if (!dice.OneIn(4)) Budgets.Add(node, BudgetOf(dice, plan));
        }

        if (dice.OneIn(4)) UserBudgets.Add((dice.Of(Nodes), "ann"), Budget.Empty with { Own = LimitsOf(dice, plan, soft: false) });
    }

    public List<string> Nodes { get; } = [];

    public List<string> Leaves { get; } = [];

    public SortedDictionary<string, Budget> Budgets { get; } = new(StringComparer.Ordinal);

    public List<(string Node, string User)> UserKeys => [.. UserBudgets.Keys];

    public Dictionary<(string Node, string User), Budget> UserBudgets { get; } = [];

    public static Budget BudgetOf(Dice dice, RunPlan plan) => new(
        LimitsOf(dice, plan, dice.OneIn(6)), dice.OneIn(4),
        (dice.OneIn(4) ? new InheritedSettings(UnknownModelRule.NotSet, null, OutageRule.Allow, dice.OneIn(2) ? new Money(30) : null, null) : InheritedSettings.None)
            with { OnExpiry = plan.Charges ? dice.Of([ExpiryRule.Charge, ExpiryRule.Charge, ExpiryRule.Release, ExpiryRule.NotSet]) : ExpiryRule.NotSet },
        dice.OneIn(4) ? LimitsOf(dice, plan, dice.OneIn(6)) : null, dice.OneIn(4) ? LimitsOf(dice, plan, dice.OneIn(6)) : null);

    public static LimitSet LimitsOf(Dice dice, RunPlan plan, bool soft) => new(
        new Limits(Maybe(dice, 2, 120), Maybe(dice, 4, 160), Maybe(dice, 4, 200), Maybe(dice, 5, 240)), Threshold.Defaults, soft ? Enforcement.Soft : Enforcement.Hard,
        plan.Minutes ? new MinuteLimits(dice.OneIn(3) ? dice.Between(1, 8) : null, dice.OneIn(3) ? dice.Between(3, 40) : null) : default);

    /// <summary>What stands for a node as the budgets were set up.</summary>
    public ExpiryRule OnExpiry(string node) => CostCenterId.SelfAndAncestors(node)
        .Select(n => Budgets.GetValueOrDefault(n)?.Inherited.OnExpiry ?? ExpiryRule.NotSet).FirstOrDefault(r => r != ExpiryRule.NotSet);

    private static Money? Maybe(Dice dice, int oneIn, int most) => dice.OneIn(oneIn) ? new Money(dice.Between(most / 6, most)) : null;
}
