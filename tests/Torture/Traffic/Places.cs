using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Torture.Traffic;

/// <summary>The tree of one round: a tenant of its own, so that a round is checked whole and stays small.</summary>
internal sealed class Places(int round)
{
    /// <summary>Some limits are reached within a round, some are not.</summary>
    private static readonly int[] _limits = [3, 15, 60, 400];

    public string Tenant { get; } = $"t{round}";

    /// <summary>Nodes with <c>durable_holds</c>: only reserved, settled within the grant and before the deadline. Their limits hold to the nano-unit.</summary>
    public IReadOnlyList<string> Durable => [.. _limits.Select((_, i) => $"{Tenant}/durable{i}")];

    /// <summary>Nodes whose holds live in memory, with everything that callers do.</summary>
    public IReadOnlyList<string> Open => [.. _limits.Select((_, i) => $"{Tenant}/open{i}")];

    public string Soft => $"{Tenant}/soft";

    public string Lenient => $"{Tenant}/lenient";

    /// <summary>Where the time to recover is measured.</summary>
    public string Probe => $"{Tenant}/probe";

    /// <summary>The one node that keeps balances per user.</summary>
    public string TracksUsers => Open[3];

    public static string Model => "torture-model";

    public async Task PrepareAsync(Caller caller)
    {
        await caller.SetBudgetAsync(Tenant, new { monthly = 1_000_000, total = 10_000_000 });
        for (var i = 0; i < _limits.Length; i++)
        {
            await caller.SetBudgetAsync(Durable[i], new { total = _limits[i], durable_holds = true });
            if (Open[i] == TracksUsers) await caller.SetBudgetAsync(Open[i], new { total = _limits[i], per_user = new { total = _limits[i] } });
            else await caller.SetBudgetAsync(Open[i], new { total = _limits[i] });
        }

        await caller.SetBudgetAsync(Soft, new { total = 20, enforcement = "soft" });
        await caller.SetBudgetAsync(Lenient, new { total = 50, on_outage = "allow", on_outage_limit = 5 });
        await caller.SetBudgetAsync(Probe, new { daily = 1_000_000 });
    }

    public static Task PriceAsync(Caller caller) => caller.PutAsync($"/v1/prices/{Model}", new { input = 2, output = 8, effective_from = "2020-01-01T00:00:00Z" });

    public string AnyPath(Random random) => $"{Any(random)}/p{random.Next(3)}";

    public string DurablePath(Random random) => $"{Durable[random.Next(Durable.Count)]}/p{random.Next(2)}";

    /// <summary>Where reservations are asked for.</summary>
    public IEnumerable<string> Leaves() =>
        Durable.SelectMany(d => (string[])[$"{d}/p0", $"{d}/p1"]).Concat(Open.Append(Soft).Append(Lenient).SelectMany(n => (string[])[$"{n}/p0", $"{n}/p1", $"{n}/p2"]));

    private string Any(Random random) => random.Next(6) switch
    {
        0 => Soft,
        1 => Lenient,
        _ => Open[random.Next(Open.Count)],
    };
}
