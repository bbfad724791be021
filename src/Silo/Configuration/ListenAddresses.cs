using System.Net;

namespace BudgetEngine.Silo.Configuration;

/// <summary>
/// Where the process is to listen. The web server takes every host that it cannot read for all addresses of the machine, so that a mistyped port
/// (<c>http://127.0.0.1:80x80</c>) would open the engine to the network: such addresses do not start.
/// </summary>
internal static class ListenAddresses
{
    public static string[] Of(IConfiguration configuration) =>
        (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <exception cref="FormatException">One of them is no address.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var url in Of(configuration))
        {
            var address = BindingAddress.Parse(url);
            if (address.IsUnixPipe || address.IsNamedPipe) continue;
            if (!IsHost(address.Host)) throw new FormatException($"Invalid url: '{url}'; such as http://127.0.0.1:8080.");
            if (address.Port is < 0 or > IPEndPoint.MaxPort) throw new FormatException($"Invalid url: '{url}'; a port is a number from 0 to {IPEndPoint.MaxPort}.");
        }
    }

    private static bool IsHost(string host) => host is "*" or "+" || Uri.CheckHostName(host) switch
    {
        // The last part of a name never begins with a digit: it is an address, mistyped.
        UriHostNameType.Dns => !char.IsAsciiDigit(host.TrimEnd('.').Split('.')[^1][0]),
        UriHostNameType.IPv4 or UriHostNameType.IPv6 => true,
        _ => false,
    };
}
