using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace BudgetEngine.Load.Memory;

/// <summary>Both ends of the question how many bytes a process has allocated. No package of the runtime's tools is needed.</summary>
internal static class CounterHook
{
    private const string SocketVariable = "BENCH_COUNTER_SOCKET";

    /// <summary>What makes a server answer on that socket.</summary>
    public static IReadOnlyDictionary<string, string> Environment(string socket) => new Dictionary<string, string>
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(CounterHook).Assembly.Location,
        [SocketVariable] = socket,
    };

    public static void Serve()
    {
        if (System.Environment.GetEnvironmentVariable(SocketVariable) is not { } path) return;
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        new Thread(() => Answer(listener)) { IsBackground = true }.Start();
    }

    public static async Task<long> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        // Off the thread that polls the sockets.
        await Task.Yield();
        return long.Parse(buffer.AsSpan(0, received), CultureInfo.InvariantCulture);
    }

    private static void Answer(Socket listener)
    {
        while (true)
        {
            using var caller = listener.Accept();
            caller.Send(Encoding.ASCII.GetBytes(GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture)));
        }
    }
}
