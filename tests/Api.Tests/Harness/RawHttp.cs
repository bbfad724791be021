using System.Net.Sockets;
using System.Text;

namespace BudgetEngine.Api.Tests.Harness;

/// <summary>HTTP as bytes, for what a well-behaved client cannot send.</summary>
internal static class RawHttp
{
    /// <summary>Sends the text, closes the sending side if asked, and reads to the end.</summary>
    public static async Task<string> SendAsync(Uri address, string text, bool halfClose = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        if (halfClose) client.Client.Shutdown(SocketShutdown.Send);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        using var received = new MemoryStream();
        try
        {
            await stream.CopyToAsync(received, deadline.Token);
        }
        catch (IOException)
        {
            // The server reset the connection after its answer.
        }

        return Encoding.UTF8.GetString(received.ToArray());
    }

    /// <summary>A request whose body comes in two parts, with something done in between, when the server has begun with the request.</summary>
    public static async Task<string> SendSlowlyAsync(Uri address, string requestLine, string body, Func<Task> between, params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        var head = $"{requestLine} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        // The server asks for the body when its endpoint does: by then the caller has been admitted.
        var asked = new byte[25];
        await stream.ReadExactlyAsync(asked, deadline.Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(body[..(body.Length / 2)]), deadline.Token);
        await between();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(body[(body.Length / 2)..]), deadline.Token);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, deadline.Token);
        return Encoding.UTF8.GetString(asked) + Encoding.UTF8.GetString(received.ToArray());
    }

    public static Task<string> GetAsync(Uri address, string target, params string[] headers) =>
        SendAsync(address, $"GET {target} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");
}
