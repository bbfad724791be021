using System.Globalization;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.TestKit.Alerts;

/// <summary>
/// Budgets with random thresholds in every period, on a tree, and for users; and what usage brings them to. The expectation is computed from what was sent:
/// the engine has no part in it.
/// </summary>
public sealed class CrossingPlan
{
    public const string Tenant = "acme";
    public const int ThresholdsPerBudget = 16;
    private const int Departments = 4;
    private const int Users = 4;
    private static readonly string[] Periods = ["daily", "weekly", "monthly", "total"];

    private readonly Dictionary<string, Budgeted> _budgets = [];
    private readonly Dictionary<(string CostCenter, string? User), decimal> _spent = [];

    private sealed record Budgeted(decimal Limit, decimal[] Thresholds, decimal? UserLimit, decimal[] UserThresholds);

    public CrossingPlan(Random random, int leaves)
    {
        _budgets[Tenant] = Random(random, leaves * 10, null);
        for (var d = 0; d < Departments; d++) _budgets[$"{Tenant}/d{d}"] = Random(random, leaves * 10 / Departments, leaves * 10m / Departments / Users);
        for (var l = 0; l < leaves; l++) _budgets[$"{Tenant}/d{l % Departments}/l{l}"] = Random(random, random.Next(5, 15), null);
        Leaves = [.. _budgets.Keys.Where(k => k.Count(c => c == '/') == 2)];
    }

    public IReadOnlyList<string> Leaves { get; }

    public decimal LimitOf(string costCenter) => _budgets[costCenter].Limit;

    public async Task PutBudgetsAsync(Caller caller)
    {
        // A zone in which it is about noon: no window ends while the test runs.
        var hours = 12 - TimeProvider.System.GetUtcNow().Hour;
        var zone = hours == 0 ? "UTC" : string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(hours > 0 ? "-" : "+")}{Math.Abs(hours)}");
        foreach (var (costCenter, budget) in _budgets)
        {
            var body = Without.Nulls(new
            {
                daily = budget.Limit, weekly = budget.Limit, monthly = budget.Limit, total = budget.Limit, thresholds = Thresholds(budget.Thresholds),
                per_user = budget.UserLimit is { } user ? new { daily = user, thresholds = Thresholds(budget.UserThresholds) } : null,
                time_zone = costCenter == Tenant ? zone : null,
            });
            await caller.SetBudgetAsync(costCenter, body);
        }
    }

    /// <summary>Posts that bring a leaf to somewhere around twice its limit, in a random order over all leaves.</summary>
    public List<(string CostCenter, string User, decimal Cost)> Posts(Random random, int perLeaf)
    {
        var posts = new List<(string, string, decimal)>();
        foreach (var leaf in Leaves)
        {
            var up = LimitOf(leaf) * (decimal)(0.5 + 2 * random.NextDouble());
            for (var i = 0; i < perLeaf; i++) posts.Add((leaf, $"u{random.Next(Users)}", decimal.Round(up / perLeaf * (decimal)(0.5 + random.NextDouble()), 6)));
        }

        return [.. posts.OrderBy(_ => random.Next())];
    }

    /// <summary>Notes what was acknowledged.</summary>
    public void Spend(string costCenter, string user, decimal cost)
    {
        lock (_spent)
        {
            for (var node = costCenter; node.Length > 0; node = node.Contains('/') ? node[..node.LastIndexOf('/')] : "")
            {
                _spent[(node, null)] = _spent.GetValueOrDefault((node, null)) + cost;
                _spent[(node, user)] = _spent.GetValueOrDefault((node, user)) + cost;
            }
        }
    }

    public decimal SpentAt(string costCenter)
    {
        lock (_spent) return _spent.GetValueOrDefault((costCenter, null));
    }

    /// <summary>Every (cost center, user, period, threshold) that is reached now.</summary>
    public HashSet<(string CostCenter, string? User, string Period, decimal Threshold)> Reached()
    {
        var reached = new HashSet<(string, string?, string, decimal)>();
        lock (_spent)
        {
            foreach (var ((costCenter, user), spent) in _spent)
            {
                if (!_budgets.TryGetValue(costCenter, out var budget)) continue;
                if (user is null) Add(costCenter, null, Periods, budget.Limit, budget.Thresholds, spent);
                else if (budget.UserLimit is { } limit) Add(costCenter, user, ["daily"], limit, budget.UserThresholds, spent);
            }
        }

        return reached;

        void Add(string costCenter, string? user, string[] periods, decimal limit, decimal[] thresholds, decimal spent)
        {
            foreach (var at in thresholds.Where(at => spent >= Math.Max(0.000000001m, decimal.Ceiling(at * limit * 1_000_000_000) / 1_000_000_000)))
            {
                foreach (var period in periods) reached.Add((costCenter, user, period, at));
            }
        }
    }

    private static object[] Thresholds(decimal[] thresholds) => [.. thresholds.Select((at, i) => new { at, level = $"l{i}" })];

    private static Budgeted Random(Random random, decimal limit, decimal? userLimit) => new(limit, RandomThresholds(random), userLimit, RandomThresholds(random));

    private static decimal[] RandomThresholds(Random random)
    {
        var thresholds = new SortedSet<decimal>();
        while (thresholds.Count < ThresholdsPerBudget) thresholds.Add((1 + random.Next(20_000)) / 10_000m);
        return [.. thresholds];
    }
}
