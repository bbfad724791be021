using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Reads;

/// <summary>A key with <c>read</c> asks for the dearest reports of its subtree, again and again.</summary>
internal sealed class SubtreeReads : IAttack
{
    private const int LoopsOfEach = 4;

    private static readonly string[] _reads =
    [
        $"/v1/consistency?cost_center={Stand.Attacker}",
        $"/v1/usage?cost_center={Stand.Attacker}&tag.feature=f3&limit=50",
        $"/v1/usage?cost_center={Stand.Attacker}&sort=-cost&limit=50",
    ];

    private string _key = "";

    public string Name => "reads";

    public string What => "4 loops each of `/v1/consistency`, `/v1/usage` with a tag, and by cost";

    public async Task PrepareAsync(Stand stand)
    {
        _key = await stand.AttackerKeyAsync("read", "usage");
        await stand.FillAsync(_key, stand.Rows);
    }

    public Task RunAsync(Stand stand, Tally tally, CancellationToken end) =>
        Task.WhenAll(_reads.SelectMany(path => Enumerable.Range(0, LoopsOfEach).Select(_ => LoopAsync(stand, path, tally, end))));

    private async Task LoopAsync(Stand stand, string path, Tally tally, CancellationToken end)
    {
        using var client = stand.ClientOf(_key);
        while (!end.IsCancellationRequested)
        {
            await tally.CountAsync(
                async () =>
                {
                    using var answer = await client.GetAsync(path, end);
                    return (int)answer.StatusCode;
                },
                end);
        }
    }
}
