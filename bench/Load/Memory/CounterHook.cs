using System.Net.Sockets;
using System.Text;

namespace BudgetEngine.Load.Memory;

/// <summary>Both ends of the question what a process has allocated, for how long its collector has stopped it, and what it has sent. No package of the runtime's tools is needed.</summary>
internal static class CounterHook
{
    private const string SocketVariable = "BENCH_COUNTER_SOCKET";
    private const string PausesVariable = "BENCH_COUNT_PAUSES";
    private const string MessagesVariable = "BENCH_COUNT_MESSAGES";

    private const byte Read = (byte)'r';
    private const byte Collect = (byte)'c';
    private const byte BeginAnew = (byte)'b';

    /// <summary>What makes a server answer on that socket.</summary>
    /// <param name="pauses">Each stop of the collector is looked at.</param>
    /// <param name="messages">Each message to another process is counted.</param>
    public static IReadOnlyDictionary<string, string> Environment(string socket, bool pauses = false, bool messages = false) => new Dictionary<string, string>
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(CounterHook).Assembly.Location,
        [SocketVariable] = socket,
        [PausesVariable] = pauses ? "1" : "",
        [MessagesVariable] = messages ? "1" : "",
    };

    public static void Serve()
    {
        if (System.Environment.GetEnvironmentVariable(SocketVariable) is not { } path) return;
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var pauses = IsSet(PausesVariable) ? new PauseListener() : null;
        var messages = IsSet(MessagesVariable) ? new MessageCounter() : null;
        new Thread(() => Answer(listener, pauses, messages)) { IsBackground = true }.Start();
    }

    public static Task<ProcessCounters> ReadAsync(string path, CancellationToken cancellationToken) => AskAsync(path, Read, cancellationToken);

    /// <summary>After a full collection.</summary>
    public static Task<ProcessCounters> CollectAsync(string path, CancellationToken cancellationToken) => AskAsync(path, Collect, cancellationToken);

    /// <summary>The longest stop is from now on that of what is still to come.</summary>
    public static Task<ProcessCounters> BeginAnewAsync(string path, CancellationToken cancellationToken) => AskAsync(path, BeginAnew, cancellationToken);

    private static bool IsSet(string variable) => System.Environment.GetEnvironmentVariable(variable) is { Length: > 0 };

    private static async Task<ProcessCounters> AskAsync(string path, byte question, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        await socket.SendAsync(new[] { question }, SocketFlags.None, cancellationToken);
        var buffer = new byte[256];
        var received = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        // Off the thread that polls the sockets.
        await Task.Yield();
        return ProcessCounters.Parse(Encoding.ASCII.GetString(buffer, 0, received));
    }

    private static void Answer(Socket listener, PauseListener? pauses, MessageCounter? messages)
    {
        var question = new byte[1];
        while (true)
        {
            using var caller = listener.Accept();
            if (caller.Receive(question) == 0) continue;
            if (question[0] == BeginAnew) pauses?.BeginAnew();
            var live = GC.GetTotalMemory(forceFullCollection: question[0] == Collect);
            var counters = new ProcessCounters(
                GC.GetTotalAllocatedBytes(precise: true), live, GC.GetTotalPauseDuration(), pauses?.Longest ?? TimeSpan.Zero, GC.CollectionCount(0), messages?.Count ?? 0);
            caller.Send(Encoding.ASCII.GetBytes(counters.ToText()));
        }
    }
}
