using System.Globalization;
using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Shares;

/// <summary>Checks of made-up users, each of which its budget for users denies.</summary>
internal sealed class MadeUpUsers : IAttack
{
    private string _key = "";

    public string Name => "users";

    public string What => "checks of made-up users under `per_user`, 4 loops";

    public async Task PrepareAsync(Stand stand)
    {
        _key = await stand.AttackerKeyAsync("check");
        await stand.Admin.SetBudgetAsync(Stand.Attacker, new { per_user = new { daily = 1 } });
    }

    public Task RunAsync(Stand stand, Tally tally, CancellationToken end) => Loops.RunAsync(
        stand, _key, 4, "/v1/check", i => $$"""{"cost_center":"{{Stand.Attacker}}/a","amount":2,"user":"made-up-{{i.ToString(CultureInfo.InvariantCulture)}}"}""", tally, end);

    public async Task<string> EffectAsync(Stand stand)
    {
        var alerts = await stand.Store.QueryAsync("select count(*) from alerts", r => Convert.ToInt64(r.GetValue(0), CultureInfo.InvariantCulture));
        return $"{alerts[0]} alerts";
    }
}
