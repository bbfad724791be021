using System.Net;
using System.Net.Sockets;

namespace BudgetEngine.Alerts.Delivery.Http;

/// <summary>
/// Which addresses are those of other people's servers on the open net. Everything else is refused: who may write a channel must not reach what only this
/// process can.
/// </summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] Refused4 =
    [
        .. new[]
        {
            "0.0.0.0/8", // this host
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", // private
            "100.64.0.0/10", // shared by carriers; Alibaba's metadata (100.100.100.200)
            "127.0.0.0/8", // loopback
            "168.63.129.16/32", // Azure's platform, from within
            "169.254.0.0/16", // link-local; metadata of most clouds (169.254.169.254)
            "192.0.0.0/24", // protocols; Oracle's metadata (192.0.0.192)
            "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", // documentation
            "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24", // anycast for special uses; relays of 6to4
            "198.18.0.0/15", // benchmarks
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved, broadcast
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork[] Refused6 =
    [
        .. new[]
        {
            "2001::/23", // protocols: Teredo, benchmarks, ORCHID
            "2001:db8::/32", "3fff::/20", // documentation
            "2002::/16", // 6to4
            "2620:4f:8000::/48", // anycast for special uses
        }.Select(IPNetwork.Parse),
    ];

    public static bool Contain(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !Refused4.Any(n => n.Contains(address)),
        AddressFamily.InterNetworkV6 => address.ScopeId == 0 && IsGlobal(address) && !Refused6.Any(n => n.Contains(address)),
        _ => false,
    };

    /// <summary>
    /// In 2000::/3, all of IPv6 that is given out; it leaves out mapped, compatible, translated (NAT64), unique local (with AWS's fd00:ec2::254), link-local,
    /// site-local and multicast
    /// ones. By its bits: <see cref="IPNetwork.Contains"/> says yes to 2000::/3 and ::ffff:10.0.0.1 (.NET 10.0).
    /// </summary>
    private static bool IsGlobal(IPAddress address) => (address.GetAddressBytes()[0] & 0b1110_0000) == 0b0010_0000;
}
