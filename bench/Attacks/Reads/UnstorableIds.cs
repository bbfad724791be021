using System.Buffers.Text;
using System.Text;
using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Reads;

/// <summary>
/// Bodies of records that PostgreSQL cannot store: the user in the id of their reservation has a NUL. True ids do not have one, so they are written by hand, as anybody could while
/// ids were not signed; today such a record is booked without the id.
/// </summary>
internal sealed class UnstorableIds : IAttack
{
    private const int Lines = 5_000;

    private string _key = "";
    private int _bodies;

    public string Name => "unstorable";

    public string What => "NDJSON of records whose id's user has a NUL";

    public async Task PrepareAsync(Stand stand) => _key = await stand.AttackerKeyAsync("check", "usage");

    public async Task RunAsync(Stand stand, Tally tally, CancellationToken end)
    {
        using var client = stand.ClientOf(_key);
        while (!end.IsCancellationRequested)
        {
            await tally.CountAsync(
                async () =>
                {
                    using var content = new StringContent(BodyOf(_bodies++), Encoding.UTF8, "application/x-ndjson");
                    using var answer = await client.PostAsync("/v1/usage", content, end);
                    return (int)answer.StatusCode;
                },
                end);
        }
    }

    private static string BodyOf(int body)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Lines; i++)
        {
            text.Append(
                $$"""{"request_id":"n-{{body}}-{{i}}","reservation_id":"{{IdOf(i)}}","cost_center":"{{Stand.Attacker}}/a","cost":0.001,"user":"u\u0000{{i}}"}""").Append('\n');
        }

        return text.ToString();
    }

    private static string IdOf(int i) => "rsv_" + Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Stand.Attacker}/a\0u\0{i}\0id"));
}
