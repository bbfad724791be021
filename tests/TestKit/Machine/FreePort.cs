using System.Net;
using System.Net.Sockets;

namespace BudgetEngine.TestKit.Machine;

/// <summary>Ports for servers that are told where to listen.</summary>
public static class FreePort
{
    // Below what Linux gives to connections (from 32768): between being chosen here and being listened at, a port of theirs may become anybody's.
    private const int First = 12_000;
    private const int Last = 32_000;

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another.
            }
        }
    }
}
