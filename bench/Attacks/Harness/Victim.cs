using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace BudgetEngine.Attacks.Harness;

/// <summary>
/// The other tenant: so many checks and posts a second, on threads and sockets of its own, so that what it measures is the engine and not this program's pool.
/// A request that comes late because one before it took long counts from when it was due.
/// </summary>
internal sealed class Victim(Uri address, string key)
{
    private const int ChecksPerSecond = 100;
    private const int PostsPerSecond = 20;
    private const string CostCenter = Stand.Victim + "/search";

    private static int s_ids;

    /// <summary>Measures until the token says so.</summary>
    public async Task<VictimFigures> MeasureAsync(CancellationToken end)
    {
        var checks = OnThread(ChecksPerSecond, static () => $$"""{"cost_center":"{{CostCenter}}","amount":0.001,"ttl_seconds":1}""", "/v1/check", end);
        var posts = OnThread(
            PostsPerSecond, static () => $$"""{"request_id":"v-{{Interlocked.Increment(ref s_ids)}}","cost_center":"{{CostCenter}}","cost":0.001}""", "/v1/usage", end);
        return new VictimFigures(await checks, await posts);
    }

    private Task<Latencies> OnThread(int perSecond, Func<string> body, string path, CancellationToken end) =>
        Task.Factory.StartNew(() => Measure(perSecond, body, path, end), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private Latencies Measure(int perSecond, Func<string> body, string path, CancellationToken end)
    {
        var (milliseconds, refused) = (new List<double>(), 0);
        var pause = TimeSpan.FromSeconds(1) / perSecond;
        using var socket = Connect();
        var answer = new byte[64 * 1024];
        var started = Stopwatch.GetTimestamp();
        var late = false;
        for (var due = TimeSpan.Zero; !end.IsCancellationRequested; due += pause)
        {
            var rest = due - Stopwatch.GetElapsedTime(started);
            if (rest > TimeSpan.Zero) end.WaitHandle.WaitOne(rest);
            // Woken late by the system is the generator's fault, kept late by the engine is the engine's.
            var from = late ? due : Stopwatch.GetElapsedTime(started);
            var allowed = Exchange(socket, path, body(), answer);
            var now = Stopwatch.GetElapsedTime(started);
            milliseconds.Add((now - from).TotalMilliseconds);
            if (!allowed) refused++;
            late = now > due + pause;
        }

        milliseconds.Sort();
        return new Latencies(milliseconds, refused);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(address.Host, address.Port);
        return socket;
    }

    /// <summary>True for 200; of a check: and allowed.</summary>
    private bool Exchange(Socket socket, string path, string body, byte[] answer)
    {
        var request = $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nX-Budget-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        socket.Send(Encoding.ASCII.GetBytes(request));
        for (var filled = 0; ;)
        {
            var received = socket.Receive(answer.AsSpan(filled));
            if (received == 0) throw new IOException("The engine closed the victim's connection.");
            filled += received;
            var text = answer.AsSpan(0, filled);
            var head = text.IndexOf("\r\n\r\n"u8);
            if (head < 0 || filled < head + 4 + LengthIn(text[..head])) continue;
            return text.StartsWith("HTTP/1.1 200"u8) && text[head..].IndexOf("\"deny\""u8) < 0;
        }
    }

    private static int LengthIn(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        var at = head.IndexOf(name);
        if (at < 0) return 0;
        var digits = head[(at + name.Length)..];
        var end = digits.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
    }
}
