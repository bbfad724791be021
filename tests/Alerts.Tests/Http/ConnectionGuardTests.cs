using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Tests.Http;

/// <summary>Names that point inwards, at once or later: the connection goes to what was looked up and checked, or nowhere.</summary>
public sealed class ConnectionGuardTests
{
    private static readonly IPAddress Public = IPAddress.Parse("203.0.114.7");

    /// <summary>What is said of a name that leads inside, and of one that is unknown: the same, and both are tried again.</summary>
    private static readonly SendOutcome _hidden = new(SendResult.Failed, "the host's name has no public address", null);

    private readonly ConcurrentQueue<IPEndPoint> _connected = new();
    private int _lookups;

    [Theory]
    [MemberData(nameof(PublicAddressesTests.Within), MemberType = typeof(PublicAddressesTests))]
    public async Task Send_ToANameThatPointsInwards_IsRefusedAndOpensNoConnection(string address)
    {
        using var sender = Sender(_ => [IPAddress.Parse(address)]);
        Assert.Equal(_hidden, await SendAsync(sender));
        Assert.Empty(_connected);
    }

    /// <summary>Else who may write a channel finds out by it which names there are in the inner net.</summary>
    [Fact]
    public async Task Send_ToAnUnknownName_IsAnsweredLikeOneThatPointsInwards()
    {
        using var unknown = Sender(_ => throw new SocketException((int)SocketError.HostNotFound));
        using var inner = Sender(_ => [IPAddress.Parse("10.0.0.7")]);

        Assert.Equal(await SendAsync(inner), await SendAsync(unknown));
        Assert.Equal(_hidden, await SendAsync(unknown));
        Assert.Empty(_connected);
    }

    [Fact]
    public async Task Send_ToANameThatPointsBothWays_IsRefused()
    {
        using var sender = Sender(_ => [Public, IPAddress.Loopback]);
        Assert.Equal(_hidden, await SendAsync(sender));
        Assert.Empty(_connected);
    }

    [Fact]
    public async Task Send_ToANameThatChangesItsMind_ReachesOnlyWhatWasChecked()
    {
        // First public, then private: as a name server with a short time to live does it.
        using var sender = Sender(lookup => [lookup == 1 ? Public : IPAddress.Loopback]);
        Assert.Equal(SendResult.Failed, (await SendAsync(sender)).Result);
        Assert.Equal([new IPEndPoint(Public, 443)], _connected);
        Assert.Equal(1, _lookups);
        Assert.Equal(_hidden, await SendAsync(sender));
        Assert.Single(_connected);
    }

    [Fact]
    public async Task Send_ToSeveralAddresses_TriesThemInTurnAndNotMoreThanTheLimit()
    {
        using var sender = Sender(_ => [.. Enumerable.Range(1, 9).Select(i => IPAddress.Parse($"203.0.114.{i}"))]);
        Assert.Equal(new SendOutcome(SendResult.Failed, "the host cannot be reached (ConnectionRefused)", null), await SendAsync(sender));
        Assert.Equal(["203.0.114.1", "203.0.114.2", "203.0.114.3", "203.0.114.4"], _connected.Select(e => e.Address.ToString()));
    }

    [Fact]
    public async Task Send_ToANameWithoutAddress_Fails()
    {
        using var sender = Sender(_ => []);
        Assert.Equal(_hidden, await SendAsync(sender));
    }

    [Fact]
    public async Task Send_ToAnAddressFromWithinThatWasStoredBefore_IsRefused()
    {
        using var sender = Sender(_ => [Public]);
        Assert.Equal(new SendOutcome(SendResult.Refused, "url must have a public address as host", null), await SendAsync(sender, "https://169.254.169.254/latest/meta-data"));
        Assert.Equal(0, _lookups);
    }

    [Fact]
    public async Task Send_ToTheOperatorsOwnServer_MayBeWithin()
    {
        await using var receiver = await WebReceiver.AnsweringAsync(200, "{\"ok\":true}");
        using var sender = TestSender.Create(TestSender.To(receiver.Url) + (o => o.AllowPrivateAddresses = false));
        foreach (var type in new[] { ChannelType.Telegram, ChannelType.PagerDuty })
        {
            Assert.Equal(SendOutcome.Sent, await sender.SendAsync(TestSender.Over(type, ""), TestAlerts.Message(TestAlerts.Threshold()), CancellationToken.None));
        }
    }

    private ChannelSender Sender(Func<int, IPAddress[]> lookup) => TestSender.Create(
        o => o.AllowPrivateAddresses = false,
        resolve: (_, _) => Task.FromResult(lookup(Interlocked.Increment(ref _lookups))),
        connect: (endPoint, _) =>
        {
            _connected.Enqueue(endPoint);
            throw new SocketException((int)SocketError.ConnectionRefused);
        });

    private static Task<SendOutcome> SendAsync(ChannelSender sender, string url = "https://hooks.example.com/x") =>
        sender.SendAsync(TestSender.Webhook(url), TestAlerts.Message(TestAlerts.Threshold()), CancellationToken.None);
}
