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

    public static Task<string> GetAsync(Uri address, string target, params string[] headers) =>
        SendAsync(address, $"GET {target} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");
}
