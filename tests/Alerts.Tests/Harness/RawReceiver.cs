using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BudgetEngine.Alerts.Tests.Harness;

/// <summary>A server that may do what no server should: it reads a request and then does with the socket as it likes.</summary>
internal sealed class RawReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _loop;
    private int _requests;

    public RawReceiver(Func<NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public int Requests => Volatile.Read(ref _requests);

    public static RawReceiver Saying(string bytes) => new(async (stream, stop) => await stream.WriteAsync(Encoding.ASCII.GetBytes(bytes.ReplaceLineEndings("\r\n")), stop));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _listener.Stop();
    }

    private async Task AcceptAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                served.Add(ServeAsync(client));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await ReadRequestAsync(client.GetStream());
                Interlocked.Increment(ref _requests);
                await _answer(client.GetStream(), _stopping.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException or InvalidOperationException)
            {
                // The other side has seen enough, or the test is over.
            }
        }
    }

    private async Task ReadRequestAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stopping.Token) == 0) throw new IOException("No request.");
            head.Append((char)one[0]);
        }

        var length = head.ToString().Split("\r\n").Single(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))["Content-Length:".Length..];
        await stream.ReadExactlyAsync(new byte[int.Parse(length)], _stopping.Token);
    }
}
