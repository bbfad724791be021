using System.Net.Sockets;
using System.Text;
using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Reads;

/// <summary>Exports of which next to nothing is read, while posts go on: each keeps its snapshot, and the store can fold or clean nothing that came after it.</summary>
internal sealed class SlowExports : IAttack
{
    private const int Exports = 8;
    private const int PostLoops = 4;
    private const int PostLines = 2_000;

    private string _key = "";
    private long _before;
    private int _runs;

    public string Name => "exports";

    public string What => $"{Exports} exports that nobody reads, while posts go on";

    public async Task PrepareAsync(Stand stand)
    {
        _key = await stand.AttackerKeyAsync("read", "usage");
        await stand.FillAsync(_key, stand.Rows);
    }

    public async Task RunAsync(Stand stand, Tally tally, CancellationToken end)
    {
        _before = WalBytes(stand);
        _runs++;
        var exports = Enumerable.Range(0, Exports).Select(_ => tally.CountAsync(() => ExportAsync(stand, end), end));
        await Task.WhenAll([.. exports, .. Enumerable.Range(0, PostLoops).Select(i => PostAsync(stand, i, end))]);
    }

    public Task<string> EffectAsync(Stand stand) =>
        Task.FromResult(stand.Store.Postgres is null ? $"WAL {_before >> 20} to {WalBytes(stand) >> 20} MB" : "");

    private async Task<int> ExportAsync(Stand stand, CancellationToken end)
    {
        using var socket = new TcpClient { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(stand.Engine.Address.Host, stand.Engine.Address.Port, end);
        await using var stream = socket.GetStream();
        var request = $"GET /v1/export/usage?cost_center={Stand.Attacker} HTTP/1.1\r\nHost: {stand.Engine.Address.Authority}\r\nX-Budget-Key: {_key}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), end);
        var piece = new byte[64];
        if (await stream.ReadAsync(piece, end) < 12) throw new IOException("The engine closed the connection.");
        var status = int.Parse(Encoding.ASCII.GetString(piece, 9, 3), System.Globalization.CultureInfo.InvariantCulture);
        if (status != 200) return status;
        // Another byte or two now and then: not a connection that has died.
        while (await stream.ReadAsync(piece, end) > 0) await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, end);
        throw new IOException("The engine cut the export off.");
    }

    private async Task PostAsync(Stand stand, int loop, CancellationToken end)
    {
        using var client = stand.ClientOf(_key);
        for (var body = 0; !end.IsCancellationRequested; body++)
        {
            var lines = new StringBuilder();
            for (var i = 0; i < PostLines; i++) lines.Append($$"""{"request_id":"x-{{_runs}}-{{loop}}-{{body}}-{{i}}","cost_center":"{{Stand.Attacker}}/team-{{loop}}","cost":0.001}""").Append('\n');
            using var content = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
            try
            {
                using var answer = await client.PostAsync("/v1/usage", content, end);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, end);
        }
    }

    private static long WalBytes(Stand stand)
    {
        var wal = new FileInfo(Path.Combine(stand.Store.Directory, "ledger.db-wal"));
        return wal.Exists ? wal.Length : 0;
    }
}
