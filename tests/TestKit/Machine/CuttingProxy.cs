using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BudgetEngine.TestKit.Machine;

/// <summary>Stands between the engine and PostgreSQL, on a free port, and does to their connections what networks do.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly ConcurrentDictionary<(Socket Near, Socket Far), bool> _pairs = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly int _target;
    private readonly Task _accepting;
    private TaskCompletionSource _passing = Completed();
    private volatile ProxyMode _mode;

    /// <param name="target">The port on loopback that it leads to.</param>
    /// <param name="address">Where it listens; null: on loopback.</param>
    public CuttingProxy(int target, IPAddress? address = null)
    {
        _target = target;
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => _pairs.Count;

    public ProxyMode Mode
    {
        get => _mode;
        set
        {
            var before = _passing;
            if (value == ProxyMode.Stalls) _passing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _mode = value;
            if (value != ProxyMode.Stalls) before.TrySetResult();
        }
    }

    /// <summary>Resets every connection, both ways.</summary>
    public void Cut()
    {
        foreach (var pair in _pairs.Keys) Reset(pair);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        Mode = ProxyMode.Passes;
        Cut();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync(_closing.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task ServeAsync(Socket near)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        var pair = (near, far);
        _pairs[pair] = true;
        try
        {
            await _passing.Task;
            await far.ConnectAsync(IPAddress.Loopback, _target, _closing.Token);
            await await Task.WhenAny(PumpAsync(near, far, reply: false), PumpAsync(far, near, reply: true));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side has ended, or both were cut; the other learns it below.
        }
        finally
        {
            Reset(pair);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool reply)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await from.ReceiveAsync(buffer, SocketFlags.None, _closing.Token);
            if (read == 0) return;
            await _passing.Task;
            if (reply && _mode == ProxyMode.LosesReplies) continue;
            for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None, _closing.Token);
        }
    }

    private void Reset((Socket Near, Socket Far) pair)
    {
        if (!_pairs.TryRemove(pair, out _)) return;
        // Closed with a time of 0 to linger: a reset, as of a peer that is gone.
        pair.Near.Close(0);
        pair.Far.Close(0);
    }

    private static TaskCompletionSource Completed()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
