using System.Net;
using BudgetEngine.Alerts.Delivery.Http;
using BudgetEngine.Alerts.Delivery.Targets;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Tests.Http;

/// <summary>Which addresses may be reached, and in which spellings they may be written.</summary>
public sealed class PublicAddressesTests
{
    /// <summary>First and last address of every range that is not public, and the public ones beside them.</summary>
    public static TheoryData<string, string, string?, string?> Ranges => new()
    {
        { "0.0.0.0", "0.255.255.255", null, "1.0.0.0" },
        { "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0" },
        { "100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0" },
        { "127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0" },
        { "168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17" },
        { "169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0" },
        { "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0" },
        { "192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0" },
        { "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0" },
        { "192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0" },
        { "192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0" },
        { "198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0" },
        { "198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0" },
        { "203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0" },
        { "224.0.0.0", "255.255.255.255", "223.255.255.255", null },
        { "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, "2000::" },
        { "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::" },
        { "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::" },
        { "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::" },
        { "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::" },
        { "4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null },
    };

    /// <summary>Addresses by which clouds and machines are reached from within, in all the clothes that they wear.</summary>
    public static TheoryData<string> Within =>
    [
        "169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "127.0.0.1", "::1", "::", "0.0.0.0", "255.255.255.255",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::",
        "fe80::1", "fe80::1%1", "2a00:1450:4001::1%2", "fec0::1", "fc00::1", "fdff::1", "ff02::1", "ff0e::1", "100::1", "5f00::1", "2001:2::1", "2001:10::1", "2001:20::1", "2620:4f:8000::1",
        "239.255.255.250", "240.0.0.1", "198.18.0.1",
    ];

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Contain_AtTheEdgesOfARange_SeesInsideAndOutside(string first, string last, string? before, string? after)
    {
        Assert.False(PublicAddresses.Contain(IPAddress.Parse(first)));
        Assert.False(PublicAddresses.Contain(IPAddress.Parse(last)));
        if (before is not null) Assert.True(PublicAddresses.Contain(IPAddress.Parse(before)), before);
        if (after is not null) Assert.True(PublicAddresses.Contain(IPAddress.Parse(after)), after);
    }

    [Theory]
    [MemberData(nameof(Within))]
    public void Contain_AddressesFromWithin_DoesNot(string address) => Assert.False(PublicAddresses.Contain(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("34.120.1.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:80e::200e")]
    public void Contain_AddressesOfTheNet_Does(string address) => Assert.True(PublicAddresses.Contain(IPAddress.Parse(address)));

    /// <summary>Every IPv4 range again, inside of each form of IPv6 that carries IPv4.</summary>
    [Theory]
    [MemberData(nameof(Ranges))]
    public void Contain_Ipv4InsideOfIpv6_DoesNot(string first, string last, string? before, string? after)
    {
        foreach (var v4 in new[] { first, last, before, after }.Where(a => a?.Contains('.') == true))
        {
            foreach (var form in new[] { "::ffff:{0}", "::{0}", "::ffff:0:{0}", "64:ff9b::{0}", "64:ff9b:1::{0}" })
            {
                Assert.False(PublicAddresses.Contain(IPAddress.Parse(string.Format(form, v4))), string.Format(form, v4));
            }

            var bytes = IPAddress.Parse(v4!).GetAddressBytes();
            Assert.False(PublicAddresses.Contain(new IPAddress([0x20, 0x02, .. bytes, .. new byte[10]])));
        }
    }

    /// <summary>Spellings of hosts that some program reads as an address from within: none may be stored.</summary>
    public static TheoryData<string> Spellings
    {
        get
        {
            // Several number forms of one address are spelled alike.
            var data = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (a, b, c, d) in new[] { (127, 0, 0, 1), (169, 254, 169, 254), (10, 0, 0, 1), (192, 168, 1, 1), (100, 100, 100, 200), (172, 16, 0, 1), (0, 0, 0, 0) })
            {
                var number = ((long)a << 24) + (b << 16) + (c << 8) + d;
                string[] hosts =
                [
                    $"{a}.{b}.{c}.{d}", $"{a}.{b}.{c}.{d}.", $"{number}", $"{number}.", $"0x{number:x}", $"0X{number:X8}", $"0{Convert.ToString(number, 8)}", $"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
                    $"0{Convert.ToString(a, 8)}.0{Convert.ToString(b, 8)}.0{Convert.ToString(c, 8)}.0{Convert.ToString(d, 8)}", $"{a}.{(b << 16) + (c << 8) + d}", $"{a}.{b}.{(c << 8) + d}",
                    $"{a:000}.{b:000}.{c:000}.{d:000}", $"0x{a:x}.{b}.{c}.{d}", $"0x{a:x}.{(b << 16) + (c << 8) + d}", $"[::ffff:{a}.{b}.{c}.{d}]", $"[::ffff:{(a << 8) + b:x}:{(c << 8) + d:x}]", $"[::{a}.{b}.{c}.{d}]",
                    $"[64:ff9b::{a}.{b}.{c}.{d}]", $"[2002:{(a << 8) + b:x}:{(c << 8) + d:x}::1]", $"%{a:x2}.{b}.{c}.{d}", $"{a}%2e{b}%2e{c}%2e{d}", $"user@{a}.{b}.{c}.{d}", $"example.com@{a}.{b}.{c}.{d}", $"example.com:x@{a}.{b}.{c}.{d}",
                    $"{a}。{b}。{c}。{d}", $"{a}．{b}．{c}．{d}", $"\u2460\u2461.{b}.{c}.{d}", $"{a}.{b}.{c}.{d}\\@example.com", $"{a}.{b}.{c}.{d}\t", $" {a}.{b}.{c}.{d}", $"{a}.{b}.{c}.0x{d:x}", $"1.1.1.1.{d}", $"{a}.{b}.{c}.{d}:0443x",
                ];
                data.UnionWith(hosts);
            }

            string[] others =
            [
                "localhost", "LOCALHOST", "a.localhost", "localhost.", "a.LocalHost", "[::1]", "[::]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[fd00:ec2::254]", "[ff02::1]", "", ".", "..", "a..b", ".example.com",
                "example.com.", "-a.example.com", "exa mple.com", "ex\u00e4mple.com", "\u24d4xample.com", "[::1", "::1", "[1.2.3.4]", "[v1.fe80::a]", "example.com:99999", "0", "1", "0x", "1.1", "256.256.256.256", "1.2.3.4.5", "a.1", "a.0x7f",
            ];
            data.UnionWith(others);
            return [.. data];
        }
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Channel_WithAHostInOddClothesOrFromWithin_CannotBeStored(string host) =>
        Assert.NotEmpty(ChannelTargetRules.Faults(ChannelType.Slack, new ChannelTarget { Url = $"https://{host}/services/T/B/x" }, allowPrivateAddresses: false));

    [Theory]
    [InlineData("https://hooks.slack.com/services/T000/B000/XXXX")]
    [InlineData("https://discord.com/api/webhooks/1/abc?thread_id=5")]
    [InlineData("https://prod-12.westeurope.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=x")]
    [InlineData("https://8.8.8.8/hook")]
    [InlineData("https://[2606:4700:4700::1111]:8443/hook")]
    [InlineData("https://xn--bcher-kva.example/hook")]
    [InlineData("HTTPS://Hooks.Example.com/a@b")]
    public void Channel_WithAPlainHost_CanBeStored(string url) => Assert.Empty(ChannelTargetRules.Faults(ChannelType.Slack, new ChannelTarget { Url = url }, allowPrivateAddresses: false));

    [Theory]
    [InlineData("http://hooks.example.com/x")]
    [InlineData("ftp://hooks.example.com/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("hooks.example.com/x")]
    [InlineData("//hooks.example.com/x")]
    [InlineData("https:hooks.example.com")]
    [InlineData("https:/\\hooks.example.com")]
    [InlineData("javascript:alert(1)")]
    public void Channel_WithAnotherScheme_CannotBeStored(string url) => Assert.Single(ChannelTargetRules.Faults(ChannelType.Teams, new ChannelTarget { Url = url }, allowPrivateAddresses: false));

    [Fact]
    public void Channel_WhereTheInstallationAllowsIt_MayBeWithin() =>
        Assert.Empty(ChannelTargetRules.Faults(ChannelType.Teams, new ChannelTarget { Url = "http://10.0.0.1:8080/x" }, allowPrivateAddresses: true));
}
