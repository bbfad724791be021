using System.Net;
using System.Net.Sockets;
using System.Text;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Open;

namespace BudgetEngine.Load.Tests;

/// <summary>What waits is charged from the instant at which it was due: a server that answers nothing for a while is seen in every request that was due meanwhile.</summary>
public sealed class OpenLoopTests
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray();
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Dispatch_ServerThatStalls_ChargesEveryRequestThatWasDue()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, Stall);
        using var connection = await Connection.OpenAsync(((IPEndPoint)listener.LocalEndpoint).Port, CancellationToken.None);
        var clock = new OpenClock(rate: 100, TimeSpan.Zero, TimeSpan.FromMilliseconds(500), windows: 1, grace: TimeSpan.FromMinutes(1));
        var faults = new Faults();
        var loop = new OpenLoop(clock, faults, [(connection, new OpenEchoScript(new LeafPicker(Leaves.Hot, 1), "{}"u8.ToArray()))]);

        await Task.Factory.StartNew(() => loop.Dispatch(CancellationToken.None), TaskCreationOptions.LongRunning);
        var notSent = await loop.DrainAsync(CancellationToken.None);

        Assert.Equal(0, faults.Count);
        Assert.Equal(0, notSent);
        Assert.Equal(50, clock.Requests);
        Assert.Equal(50, clock.Windows[0].Count);
        // All were due in the first half of the stall, on one connection: the fastest waited for the other half.
        Assert.True(clock.Windows[0].Percentile(0.02) > Stall / 3, $"{clock.Windows[0].Percentile(0.02)}");
        connection.Dispose();
        await serving;
    }

    private static async Task ServeAsync(TcpListener listener, TimeSpan stall)
    {
        using var socket = await listener.AcceptSocketAsync();
        var (buffer, stalled, text) = (new byte[4096], false, "");
        while (await socket.ReceiveAsync(buffer) is > 0 and var received)
        {
            text += Encoding.ASCII.GetString(buffer, 0, received);
            // A check of the load ends with this field; one is on its way at a time.
            if (!text.EndsWith("\"dry_run\":false}", StringComparison.Ordinal)) continue;
            text = "";
            if (!stalled) await Task.Delay(stall, TimeProvider.System);
            stalled = true;
            await socket.SendAsync(Answer);
        }
    }
}
