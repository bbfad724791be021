using System.Globalization;
using System.Text;
using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Shares;

/// <summary>Records that are as large as they may be, of made-up cost centers and users, in one stream after the other.</summary>
internal sealed class FatRecords : IAttack
{
    private const int LinesOfBody = 2_000;
    private const int Loops = 4;

    private static readonly string _tags = string.Join(',', Enumerable.Range(0, 16).Select(i => $"\"t{i}{new string('k', 50)}\":\"{new string('v', 256)}\""));

    private string _key = "";
    private long _before;

    public string Name => "growth";

    public string What => $"records of 5 KB of made-up cost centers and users, {Loops} streams with one `usage` key";

    public async Task PrepareAsync(Stand stand)
    {
        _key = await stand.AttackerKeyAsync("usage");
        await stand.Admin.SetBudgetAsync(Stand.Attacker, new { per_user = new { daily = 1000 } });
        _before = await SizeAsync(stand);
    }

    public Task RunAsync(Stand stand, Tally tally, CancellationToken end) => Shares.Loops.RunAsync(stand, _key, Loops, "/v1/usage", Body, tally, end, "application/x-ndjson");

    public async Task<string> EffectAsync(Stand stand)
    {
        var names = await stand.Store.QueryAsync("select count(*) from cost_centers", r => Convert.ToInt64(r.GetValue(0), CultureInfo.InvariantCulture));
        return $"{(await SizeAsync(stand) - _before) >> 20} MB of database, {names[0]} cost centers";
    }

    private static string Body(int number)
    {
        var body = new StringBuilder();
        for (var i = 0; i < LinesOfBody; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{number}-{i}");
            body.Append(CultureInfo.InvariantCulture, $$$"""{"request_id":"{{{id}}}","cost_center":"{{{Stand.Attacker}}}/n{{{id}}}","user":"{{{id}}}","cost":0.01,"tags":{{{{_tags}}}}}""").Append('\n');
        }

        return body.ToString();
    }

    private static async Task<long> SizeAsync(Stand stand) => stand.Store.Postgres is null
        ? new DirectoryInfo(stand.Store.Directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length)
        : (await stand.Store.QueryAsync("select pg_database_size(current_database())", r => r.GetInt64(0)))[0];
}
