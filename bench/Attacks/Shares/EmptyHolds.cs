using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Shares;

/// <summary>Holds of nothing for a day, as many as there may be, kept through a restart; then all are released at once.</summary>
internal sealed class EmptyHolds : IAttack
{
    private const int Holds = 100_000;

    /// <summary>What is released can be released once: the rehearsal has holds of its own.</summary>
    private const int Rehearsed = 1_000;

    private string _key = "";
    private string _effect = "";
    private int _runs;

    private static string RehearsedUnder => $"{Stand.Attacker}/rehearsed";

    private static string ReleasedUnder => $"{Stand.Attacker}/a";

    public string Name => "holds";

    public string What => $"release of {Holds:N0} holds of 0 after a restart";

    public async Task PrepareAsync(Stand stand)
    {
        _key = await stand.AttackerKeyAsync("check", "admin");
        await HoldAsync(stand, RehearsedUnder, Rehearsed);
        await HoldAsync(stand, ReleasedUnder, Holds);
        await stand.Engine.StopAsync();
        await stand.Engine.RestartAsync();
    }

    public async Task RunAsync(Stand stand, Tally tally, CancellationToken end)
    {
        using var client = stand.ClientOf(_key);
        var under = _runs++ == 0 ? RehearsedUnder : ReleasedUnder;
        var started = Stopwatch.GetTimestamp();
        using var answer = await client.DeleteAsync($"/v1/reservations?cost_center={under}", CancellationToken.None);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None)).RootElement;
        tally.Add((int)answer.StatusCode);
        _effect = string.Create(CultureInfo.InvariantCulture, $"{body.GetProperty("released").GetInt64()} released in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
    }

    public async Task<string> EffectAsync(Stand stand)
    {
        var left = (await stand.Admin.CostCenterAsync(Stand.Attacker)).GetProperty("reservations").GetProperty("open").GetInt64();
        return $"{_effect}, {left} left";
    }

    private Task HoldAsync(Stand stand, string under, int holds) =>
        Loops.SendAsync(stand, _key, holds, "/v1/check", _ => $$"""{"cost_center":"{{under}}","amount":0,"ttl_seconds":86400}""");
}
