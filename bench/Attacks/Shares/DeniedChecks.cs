using System.Globalization;
using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Shares;

/// <summary>Checks of a budget that is spent: each denial is kept for whoever asks why.</summary>
internal sealed class DeniedChecks : IAttack
{
    private string _key = "";

    public string Name => "denials";

    public string What => "checks of a budget of 1, each of 2 and denied, 8 loops";

    public async Task PrepareAsync(Stand stand)
    {
        _key = await stand.AttackerKeyAsync("check");
        await stand.Admin.SetBudgetAsync(Stand.Attacker, new { daily = 1 });
    }

    public Task RunAsync(Stand stand, Tally tally, CancellationToken end) => Loops.RunAsync(
        stand, _key, 8, "/v1/check", i => $$"""{"cost_center":"{{Stand.Attacker}}/a","amount":2,"model":"m-{{(i % 50).ToString(CultureInfo.InvariantCulture)}}"}""", tally, end);

    public async Task<string> EffectAsync(Stand stand)
    {
        var kept = await stand.Store.QueryAsync("select count(*) from denials", r => Convert.ToInt64(r.GetValue(0), CultureInfo.InvariantCulture));
        return $"{kept[0]} denials kept";
    }
}
