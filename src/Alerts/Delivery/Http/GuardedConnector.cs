using System.Net;
using System.Net.Sockets;

namespace BudgetEngine.Alerts.Delivery.Http;

/// <summary>Looks up a name. Given from outside so that tests can lie as name servers do.</summary>
internal delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>
/// Opens connections: one look-up, every address of it checked, and the connection goes to what was checked. A name server that gives another answer the next
/// time has no say.
/// </summary>
/// <param name="resolve">Looks up names.</param>
/// <param name="allowPrivate">Whether every address may be reached.</param>
/// <param name="time">For the limit of one address.</param>
/// <param name="connect">Connects a socket; given from outside for tests, which have no public addresses.</param>
internal sealed class GuardedConnector(HostResolver resolve, bool allowPrivate, TimeProvider time, Func<IPEndPoint, CancellationToken, Task<Stream>> connect)
{
    /// <summary>Addresses of one name that are tried, one after the other.</summary>
    public const int MaxAddresses = 4;

    /// <summary>
    /// Of a name that is unknown and of one that leads inside alike, and both are tried again: who may write a channel must not find out by it which names there are in the inner net.
    /// </summary>
    private const string NotPublic = "the host's name has no public address";

    /// <summary>For one of several addresses, so that one that swallows everything leaves time for the next.</summary>
    private static readonly TimeSpan AddressTimeout = TimeSpan.FromSeconds(4);

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await AddressesOfAsync(context.DnsEndPoint.Host.Trim('[', ']'), cancellationToken);
        // One that is not public is enough: a name that points both ways is made to get in.
        if (!allowPrivate && !addresses.All(PublicAddresses.Contain)) throw new ConnectFault(NotPublic);
        ConnectFault? last = null;
        foreach (var address in addresses.Take(MaxAddresses))
        {
            using var limit = new CancellationTokenSource(addresses.Length > 1 ? AddressTimeout : Timeout.InfiniteTimeSpan, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            try
            {
                return await connect(new IPEndPoint(address, context.DnsEndPoint.Port), linked.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                last = new ConnectFault("the host cannot be reached (time-out)");
            }
            catch (SocketException failed)
            {
                last = new ConnectFault($"the host cannot be reached ({failed.SocketErrorCode})");
            }
        }

        throw last ?? Nowhere("the host has no address");
    }

    public static async Task<Stream> ConnectSocketAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Where every address may be reached anyway, people are told what it is.</summary>
    private ConnectFault Nowhere(string why) => new(allowPrivate ? why : NotPublic);

    private async Task<IPAddress[]> AddressesOfAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];
        try
        {
            return await resolve(host, cancellationToken);
        }
        catch (SocketException)
        {
            throw Nowhere("the host's name cannot be looked up");
        }
    }
}
