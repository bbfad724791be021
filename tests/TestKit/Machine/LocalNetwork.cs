using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace BudgetEngine.TestKit.Machine;

/// <summary>
/// A network inside this machine: hosts, each a network namespace, that all hang on one bridge. The test and its servers are at the bridge's address and reach every host. What one host
/// sends to another can be lost, without a word to either, while both reach everybody else. Only root may make one; everything is removed at the end, what an earlier run has left too.
/// </summary>
public sealed class LocalNetwork : IDisposable
{
    /// <summary>So many at once on this machine, each with a range of addresses.</summary>
    private const int MostNetworks = 16;

    private const int FirstHost = 10;
    private const int MostHosts = 200;

    /// <summary>A table of routes in every host that leads to an address which nobody has.</summary>
    private const string Nowhere = "77";

    private static readonly Lazy<string?> _whyNot = new(TryMake);

    private readonly List<NetworkHost> _hosts = [];
    private readonly List<(NetworkHost Host, string[] Rule)> _cuts = [];
    private readonly FileStream _claim;
    private readonly int _number;

    private LocalNetwork(FileStream claim, int number)
    {
        (_claim, _number) = (claim, number);
        Address = AddressOf(1);
    }

    /// <summary>Of the bridge: where hosts find servers of the test.</summary>
    public IPAddress Address { get; }

    private string Bridge => BridgeOf(_number);

    /// <summary>Why none can be made here; null: it can.</summary>
    public static string? WhyNot() => _whyNot.Value;

    public static LocalNetwork Make()
    {
        for (var number = 0; number < MostNetworks; number++)
        {
            if (Claim(number) is not { } claim) continue;
            var network = new LocalNetwork(claim, number);
            try
            {
                Clear(number);
                Ip($"link add {network.Bridge} type bridge");
                Ip($"addr add {network.Address}/24 dev {network.Bridge}");
                Ip($"link set {network.Bridge} up");
                return network;
            }
            catch
            {
                network.Dispose();
                throw;
            }
        }

        throw new InvalidOperationException($"All {MostNetworks} networks of tests are in use.");
    }

    public NetworkHost AddHost()
    {
        lock (_hosts)
        {
            var place = Enumerable.Range(FirstHost, MostHosts).First(p => _hosts.All(h => !h.Address.Equals(AddressOf(p))));
            var (name, address, nobody) = ($"{Bridge}-{place}", AddressOf(place), AddressOf(FirstHost + MostHosts));
            Ip($"netns add {name}");
            Ip($"link add {name} type veth peer name eth0 netns {name}");
            Ip($"link set {name} master {Bridge} up");
            Ip($"-n {name} addr add {address}/24 dev eth0");
            Ip($"-n {name} link set lo up");
            Ip($"-n {name} link set eth0 up");
            // Its address on the wire is known, so nobody is asked for it, and nobody says that it is not there: what is sent there is lost.
            Ip($"-n {name} neigh add {nobody} lladdr 02:00:00:00:00:fe dev eth0 nud permanent");
            Ip($"-n {name} route add default via {nobody} dev eth0 table {Nowhere}");
            var host = new NetworkHost(name, address);
            _hosts.Add(host);
            return host;
        }
    }

    /// <summary>After its process has ended.</summary>
    public void Remove(NetworkHost host)
    {
        lock (_hosts)
        {
            _cuts.RemoveAll(c => c.Host == host);
            _hosts.Remove(host);
            // The link first: a namespace that goes takes its links with it only later, and the next host may have its name.
            Ip($"link del {host.Namespace}");
            Ip($"netns del {host.Namespace}");
        }
    }

    /// <summary>Everything that one sends to the other is lost from here on.</summary>
    public void Cut(NetworkHost from, NetworkHost to) => Lose(from, "to", to.Address.ToString());

    /// <summary>Connections to a port of the other that the one has opened, or tries to open, are dead from here on; those that the other has opened to it live.</summary>
    public void CutConnections(NetworkHost from, NetworkHost to, int port) =>
        Lose(from, "to", to.Address.ToString(), "ipproto", "tcp", "dport", port.ToString(CultureInfo.InvariantCulture));

    /// <summary>Everything arrives again.</summary>
    public void Heal()
    {
        foreach (var (host, rule) in _cuts) Ip(["-n", host.Namespace, "rule", "del", .. rule]);
        _cuts.Clear();
    }

    public void Dispose()
    {
        try
        {
            Clear(_number);
        }
        finally
        {
            _claim.Dispose();
        }
    }

    private void Lose(NetworkHost from, params string[] what)
    {
        string[] rule = [.. what, "lookup", Nowhere];
        Ip(["-n", from.Namespace, "rule", "add", .. rule]);
        _cuts.Add((from, rule));
    }

    private IPAddress AddressOf(int place) => new([10, 213, (byte)_number, (byte)place]);

    private static string BridgeOf(int number) => string.Create(CultureInfo.InvariantCulture, $"btest{number}");

    /// <summary>A lock that ends with this process, however it ends. Null: another process has it.</summary>
    private static FileStream? Claim(int number)
    {
        try
        {
            return new FileStream(Path.Combine(Path.GetTempPath(), $"{BridgeOf(number)}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Removes all of one network, of whatever run, with the processes that were left in it. The caller has its lock.</summary>
    private static void Clear(int number)
    {
        var bridge = BridgeOf(number);
        foreach (var link in Lines("-o link show").Select(l => l.Split(": ")[1].Split('@')[0]).Where(l => l == bridge || l.StartsWith($"{bridge}-", StringComparison.Ordinal)))
        {
            Ip($"link del {link}");
        }

        foreach (var name in Lines("netns list").Select(l => l.Split(' ')[0]).Where(n => n.StartsWith($"{bridge}-", StringComparison.Ordinal)))
        {
            foreach (var process in Lines($"netns pids {name}")) Signals.Kill(int.Parse(process, CultureInfo.InvariantCulture));
            Ip($"netns del {name}");
        }
    }

    private static string? TryMake()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return "Only root may make network namespaces.";
        if (!Shell.Has("ip")) return "Network namespaces need the program ip: Debian's package iproute2.";
        try
        {
            using var network = Make();
            var (one, other) = (network.AddHost(), network.AddHost());
            network.CutConnections(one, other, 1);
            return null;
        }
        catch (InvalidOperationException failed)
        {
            return $"Network namespaces cannot be made here: {failed.Message}";
        }
    }

    private static string[] Lines(string arguments) => Ip(arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Ip(string arguments) => Ip(arguments.Split(' '));

    private static string Ip(string[] arguments) =>
        TryIp(arguments, out var output) ? output : throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {output}");

    private static bool TryIp(string[] arguments, out string output)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0) return true;
        output = errors.GetAwaiter().GetResult().Trim();
        return false;
    }
}
