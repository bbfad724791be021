using System.Net.Sockets;
using System.Text;
using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Reads;

/// <summary>Bodies that are large and stop just before their end: what has come of them stays in memory for as long as their sender likes.</summary>
internal sealed class StalledBodies : IAttack
{
    private const int Bodies = 150;
    private const int BodyBytes = 7 * 1024 * 1024;

    private string _key = "";

    public string Name => "stalled";

    public string What => $"{Bodies} stalled bodies of {BodyBytes >> 20} MiB with a `check` key";

    public async Task PrepareAsync(Stand stand) => _key = await stand.AttackerKeyAsync("check");

    public Task RunAsync(Stand stand, Tally tally, CancellationToken end) =>
        Task.WhenAll(Enumerable.Range(0, Bodies).Select(_ => LoopAsync(stand, tally, end)));

    /// <summary>Whoever is refused comes again.</summary>
    private async Task LoopAsync(Stand stand, Tally tally, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await tally.CountAsync(() => StallAsync(stand, end), end);
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<int> StallAsync(Stand stand, CancellationToken end)
    {
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(stand.Engine.Address.Host, stand.Engine.Address.Port, end);
        await using var stream = socket.GetStream();
        var head = $"POST /v1/check HTTP/1.1\r\nHost: {stand.Engine.Address.Authority}\r\nX-Budget-Key: {_key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), end);
        try
        {
            var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string(' ', 0x10000) + "\r\n");
            for (var sent = 0; sent < BodyBytes; sent += 0x10000) await stream.WriteAsync(chunk, end);
        }
        catch (IOException)
        {
            // Refused while it was sent: the answer is there all the same.
        }

        var answer = new byte[64];
        var read = await stream.ReadAsync(answer, end);
        if (read < 12) throw new IOException("The engine closed the connection.");
        return int.Parse(Encoding.ASCII.GetString(answer, 9, 3), System.Globalization.CultureInfo.InvariantCulture);
    }
}
