using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Shares;

/// <summary>Checks of 10^9 under a child without a limit: its tenant's room for holds is full, and its siblings are denied.</summary>
internal sealed class HugeChecks : IAttack
{
    private string _key = "";

    public string Name => "huge";

    public string What => "checks of 10^9 on a child without a limit, by a key of that child";

    public async Task PrepareAsync(Stand stand)
    {
        await stand.Admin.SetBudgetAsync(Stand.Attacker, new { total = (decimal?)null });
        _key = await stand.KeyAsync($"{Stand.Attacker}/a", null, "check");
    }

    public Task RunAsync(Stand stand, Tally tally, CancellationToken end) => Loops.RunAsync(
        stand, _key, 2, "/v1/check", _ => $$"""{"cost_center":"{{Stand.Attacker}}/a","amount":1000000000,"ttl_seconds":86400}""", tally, end);

    public async Task<string> EffectAsync(Stand stand)
    {
        var sibling = await stand.Admin.CheckAsync($"{Stand.Attacker}/b", 1);
        return $"a sibling's check: {sibling.Body.GetProperty("decision").GetString()} {sibling.Body.GetProperty("reason").GetString()}";
    }
}
