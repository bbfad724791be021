using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Postgres;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Configuration;

/// <summary>Reads <see cref="ClusterSettings"/> and names every fault at once.</summary>
public sealed class ClusterSettingsReader(IConfiguration configuration)
{
    internal static readonly string[] Keys =
    [
        "Membership", "SiloPort", "GatewayPort", "AdvertisedAddress", "ResponseTimeout", "ProbeTimeout", "MissedProbes", "IdleAfter", "PlacementSegments", "DirectTurns", "Dashboard",
    ];

    private readonly ClusterSettings _defaults = new();
    private readonly List<string> _faults = [];

    /// <exception cref="OptionsValidationException">With all faults.</exception>
    public static ClusterSettings Read(IConfiguration configuration, LedgerOptions ledger, ClusterRole role)
    {
        var reader = new ClusterSettingsReader(configuration);
        var settings = reader.Read();
        reader.Check(settings, ledger, role);
        return reader._faults.Count == 0 ? settings : throw new OptionsValidationException(ClusterSettings.Section, typeof(ClusterSettings), reader._faults);
    }

    private ClusterSettings Read()
    {
        var membership = Membership();
        var alone = membership == ClusterMembership.Localhost;
        return new ClusterSettings
        {
            Membership = membership,
            SiloPort = Number("SiloPort", alone ? null : ClusterSettings.DefaultSiloPort, 1, ushort.MaxValue),
            GatewayPort = Number("GatewayPort", alone ? null : ClusterSettings.DefaultGatewayPort, 1, ushort.MaxValue),
            Address = Address("Cluster:AdvertisedAddress") ?? (alone ? null : Address("POD_IP")) ?? _defaults.Address,
            ServiceId = Name("ORLEANS_SERVICE_ID", _defaults.ServiceId),
            ClusterId = Name("ORLEANS_CLUSTER_ID", _defaults.ClusterId),
            SiloName = Name("POD_NAME", _defaults.SiloName),
            ResponseTimeout = Time("ResponseTimeout", _defaults.ResponseTimeout, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1)),
            ProbeTimeout = Time("ProbeTimeout", _defaults.ProbeTimeout, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(1)),
            MissedProbes = Number("MissedProbes", _defaults.MissedProbes, 1, 20) ?? _defaults.MissedProbes,
            Dashboard = Flag("Dashboard", _defaults.Dashboard),
            DirectTurns = Flag("DirectTurns", _defaults.DirectTurns),
            PlacementSegments = Number("PlacementSegments", _defaults.PlacementSegments, 1, 8) ?? _defaults.PlacementSegments,
            IdleAfter = Time("IdleAfter", _defaults.IdleAfter, TimeSpan.FromSeconds(2), TimeSpan.FromHours(24)),
        };
    }

    private void Check(ClusterSettings settings, LedgerOptions ledger, ClusterRole role)
    {
        if (settings.Membership == ClusterMembership.Localhost)
        {
            if (role == ClusterRole.Client) _faults.Add("Cluster:Membership=postgres is missing: the API alone is a client of silos, which it finds in the ledger's PostgreSQL");
            return;
        }

        if (string.IsNullOrWhiteSpace(ledger.Postgres))
        {
            _faults.Add("Cluster:Membership=postgres needs a ledger in PostgreSQL: set Ledger:Postgres (--postgres). SQLite is one process's");
        }
        else if (role == ClusterRole.Silo && Text("Cluster:AdvertisedAddress") is null && Text("POD_IP") is null && !OrleansTables.IsOnThisMachine(ledger))
        {
            _faults.Add("Cluster:AdvertisedAddress (or POD_IP) must say at which address other silos reach this one: the ledger's PostgreSQL is on another machine");
        }

        if (settings.SiloPort == settings.GatewayPort) _faults.Add($"Cluster:SiloPort and Cluster:GatewayPort are both {settings.SiloPort}");
    }

    private ClusterMembership Membership()
    {
        switch (Text("Cluster:Membership"))
        {
            case null or "localhost":
                return ClusterMembership.Localhost;
            case "postgres":
                return ClusterMembership.Postgres;
            case var other:
                _faults.Add($"Cluster:Membership is '{other}'; it can be localhost or postgres");
                return ClusterMembership.Localhost;
        }
    }

    private bool Flag(string key, bool absent)
    {
        if (Text($"Cluster:{key}") is not { } text) return absent;
        if (bool.TryParse(text, out var flag)) return flag;
        _faults.Add($"Cluster:{key} is '{text}'; it is true or false");
        return absent;
    }

    private int? Number(string key, int? absent, int min, int max)
    {
        if (Text($"Cluster:{key}") is not { } text) return absent;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        _faults.Add($"Cluster:{key} is '{text}'; it is a number from {min} to {max}");
        return absent;
    }

    private TimeSpan Time(string key, TimeSpan absent, TimeSpan min, TimeSpan max)
    {
        if (Text($"Cluster:{key}") is not { } text) return absent;
        if (Durations.TryParse(text, out var time) && time >= min && time <= max) return time;
        _faults.Add($"Cluster:{key} is '{text}'; it is a time from {min:c} to {max:c}, such as 5s or 00:00:05");
        return absent;
    }

    private IPAddress? Address(string key)
    {
        if (Text(key) is not { } text) return null;
        if (IPAddress.TryParse(text, out var address) && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
            && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)) return address;
        _faults.Add($"{key} is '{text}'; it is an IP address that others can connect to");
        return null;
    }

    private string Name(string key, string absent)
    {
        const int longest = 150;
        if (Text(key) is not { } text) return absent;
        if (text.Length <= longest && !text.Any(char.IsControl)) return text;
        _faults.Add($"{key} has at most {longest} characters and no control characters");
        return absent;
    }

    private string? Text(string key) => configuration[key] is { Length: > 0 } text ? text.Trim() : null;
}
