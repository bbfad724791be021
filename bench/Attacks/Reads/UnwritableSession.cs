using System.Net.Sockets;
using System.Text;
using BudgetEngine.Attacks.Harness;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Attacks.Reads;

/// <summary>A gateway passes a session on that cannot be written back as a header. Each such question may leave a hold behind that its caller never hears of.</summary>
internal sealed class UnwritableSession : IAttack
{
    private const string Home = Stand.Attacker + "/gateway";

    private string _key = "";
    private int _allowed;

    public string Name => "session";

    public string What => "`X-Session-ID: é` through a gateway that trusts it";

    public async Task PrepareAsync(Stand stand)
    {
        await stand.Admin.SetBudgetAsync(Home, new { daily = 100 });
        _key = await stand.KeyAsync(Home, new { trust = new[] { "X-Session-ID" }, default_amount = 1 }, "check", "read");
    }

    public async Task RunAsync(Stand stand, Tally tally, CancellationToken end)
    {
        var request = Encoding.UTF8.GetBytes($"GET /v1/authorize HTTP/1.1\r\nHost: {stand.Engine.Address.Authority}\r\nX-Budget-Key: {_key}\r\nX-Session-ID: é\r\n\r\n");
        var answer = new byte[8 * 1024];
        for (var i = 0; i < 20; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(stand.Engine.Address.Host, stand.Engine.Address.Port, end);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(request, end);
            var read = await stream.ReadAsync(answer, end);
            var status = read < 12 ? "closed" : Encoding.ASCII.GetString(answer, 9, 3);
            if (status == "200") _allowed++;
            tally.Add(status);
        }
    }

    public async Task<string> EffectAsync(Stand stand)
    {
        var limits = await stand.Admin.LimitAsync(Home);
        return $"held by nobody: {(limits.Held / Nano.PerUnit) - _allowed}";
    }
}
