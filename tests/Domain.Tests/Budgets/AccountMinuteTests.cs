using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>Limits by the minute at one node: what counts, what is given back, what is put right.</summary>
public sealed class AccountMinuteTests
{
    private readonly MinuteStand _stand = new();

    [Fact]
    public void Requests_BeyondTheLimit_AreRefusedUntilTheMinuteIsOver()
    {
        _stand.Set(requests: 2);
        _stand.Granted("a");
        _stand.Wait(30);
        _stand.Granted("b");

        var refused = _stand.Ask("c");

        Assert.Equal((VerdictKind.Refused, DenialReason.RateLimited), (refused.Kind, refused.Reason));
        Assert.Equal((MinuteMeter.Requests, 2, 2), (refused.BlockedBy!.Value.Minute, refused.BlockedBy.Value.Limit.Nanos, refused.BlockedBy.Value.Held.Nanos));
        Assert.Equal(TimeSpan.FromSeconds(31), refused.LapseAfter);
        _stand.Wait(30.9);
        Assert.Equal(DenialReason.RateLimited, _stand.Ask("c").Reason);
        _stand.Wait(0.1);
        _stand.Granted("c");
    }

    [Fact]
    public void Tokens_AsAnnounced_AreCounted_AndMoreThanTheLimitNeverFits()
    {
        _stand.Set(tokens: 1_000);
        _stand.Granted("a", tokens: 600);

        Assert.Equal(TimeSpan.FromSeconds(61), _stand.Ask("b", tokens: 401).LapseAfter);
        var never = _stand.Ask("b", tokens: 1_001);
        Assert.Equal((DenialReason.RateLimited, (TimeSpan?)null), (never.Reason, never.LapseAfter));
        _stand.Granted("b", tokens: 400);
        // Nothing announced passes while anything is left, and not beyond.
        Assert.Equal(DenialReason.RateLimited, _stand.Ask("c", tokens: 0).Reason);
    }

    [Fact]
    public void Release_GivesBackRequestAndTokens()
    {
        _stand.Set(requests: 1, tokens: 100);
        _stand.Granted("a", tokens: 100);

        _stand.End("a");

        _stand.Granted("b", tokens: 100);
    }

    [Theory]
    [InlineData(100, 30, 70)]
    [InlineData(100, 0, 100)]
    [InlineData(10, 90, 10)]
    [InlineData(0, 60, 40)]
    public void Settle_PutsTheTrueCountInThePlaceOfTheEstimate(int announced, int used, int left)
    {
        _stand.Set(tokens: 100);
        _stand.Granted("a", tokens: announced);

        _stand.Settle("a", used);

        Assert.Equal(DenialReason.RateLimited, _stand.Ask("b", tokens: left + 1).Reason);
        _stand.Granted("b", tokens: left);
    }

    [Fact]
    public void Settle_WithoutCounts_LeavesTheEstimate()
    {
        _stand.Set(tokens: 100);
        _stand.Granted("a", tokens: 80);

        _stand.Settle("a", null);

        Assert.Equal(DenialReason.RateLimited, _stand.Ask("b", tokens: 21).Reason);
    }

    [Fact]
    public void Settle_InParts_CountsTheLargerOfEstimateAndUse_UntilTheLast()
    {
        _stand.Set(tokens: 100);
        _stand.Granted("a", tokens: 50);

        _stand.Settle("a", 20, final: false);
        Assert.Equal(DenialReason.RateLimited, _stand.Ask("b", tokens: 51).Reason);
        _stand.Settle("a", 70, final: false);
        Assert.Equal(DenialReason.RateLimited, _stand.Ask("b", tokens: 31).Reason);
        _stand.Settle("a", 30);
        _stand.Granted("b", tokens: 70);
    }

    [Fact]
    public void Settle_OfARequest_GivesNoRequestBack()
    {
        _stand.Set(requests: 1);
        _stand.Granted("a");

        _stand.Settle("a", 0);

        Assert.Equal(DenialReason.RateLimited, _stand.Ask("b").Reason);
    }

    [Fact]
    public void Expiry_KeepsWhatWasCounted()
    {
        _stand.Set(requests: 1);
        _stand.Granted("a", ttl: 10);

        _stand.Wait(11);

        Assert.Null(_stand.Account.Find(MinuteStand.KeyOf("a")));
        Assert.Equal(DenialReason.RateLimited, _stand.Ask("b").Reason);
    }

    [Fact]
    public void Extension_IsNoRequest()
    {
        _stand.Set(requests: 1, tokens: 10);
        _stand.Granted("a", tokens: 10);

        Assert.Equal(VerdictKind.Granted, _stand.Extend("a").Kind);
        Assert.Equal(VerdictKind.Granted, _stand.Ask("a", tokens: 10, repeat: true).Kind);
    }

    [Fact]
    public void LaterAttempt_ReplacesWhatTheEarlierHasCounted()
    {
        _stand.Set(requests: 1, tokens: 10);
        _stand.Granted("a", tokens: 8);

        _stand.Granted("a", tokens: 10);

        Assert.Equal(DenialReason.RateLimited, _stand.Ask("b", tokens: 1).Reason);
        _stand.End("a");
        _stand.Granted("b", tokens: 10);
    }

    [Fact]
    public void Money_IsAskedFirst()
    {
        _stand.Set(requests: 1, daily: 5);
        _stand.Granted("a");

        Assert.Equal(DenialReason.BudgetExceeded, _stand.Ask("b", amount: 6).Reason);
        Assert.Equal(DenialReason.RateLimited, _stand.Ask("b", amount: 1).Reason);
    }

    [Fact]
    public void SoftLimit_PassesAndSaysSo()
    {
        _stand.Set(requests: 1, soft: true);
        Assert.False(_stand.Granted("a").OverLimit);

        Assert.True(_stand.Granted("b").OverLimit);
    }

    [Fact]
    public void PerUser_EveryUserHasAMinuteOfItsOwn_AndTheNodeTheirSum()
    {
        _stand.Set(requests: 3, perUser: 2);
        _stand.Granted("a", user: "ann");
        _stand.Granted("b", user: "ann");

        var refused = _stand.Ask("c", user: "ann");
        Assert.Equal((DenialReason.RateLimited, "ann"), (refused.Reason, refused.BlockedBy!.Value.Account.Name));
        _stand.Granted("c", user: "bob");
        Assert.Equal(AccountKind.Node, _stand.Ask("d", user: "bob").BlockedBy!.Value.Account.Kind);
        _stand.End("a");
        _stand.Granted("d", user: "ann");
    }

    [Fact]
    public void PerChild_EveryChildHasAMinuteOfItsOwn()
    {
        _stand.Set(perChild: 1);
        _stand.Granted("a", owner: "acme/x/deep");

        Assert.Equal((DenialReason.RateLimited, "acme/x"), (_stand.Ask("b", owner: "acme/x").Reason, _stand.Ask("b", owner: "acme/x").BlockedBy!.Value.Account.Name));
        _stand.Granted("b", owner: "acme/y");
        _stand.Granted("c");
    }

    [Fact]
    public void LimitSetWhileHoldsAreOpen_CountsFromThenOn()
    {
        _stand.Granted("a", tokens: 100);
        _stand.Set(requests: 1, tokens: 10);

        _stand.Settle("a", 50);
        _stand.Granted("b", tokens: 10);
        _stand.End("b");
        _stand.Granted("c", tokens: 10);
    }

    [Fact]
    public void Node_WithoutSuchLimits_RemembersNothing()
    {
        _stand.Set(daily: 1_000);
        for (var i = 0; i < 10; i++) _stand.Granted($"{(char)('a' + i)}", tokens: 5);

        Assert.Null(_stand.Account.Node.Minute);
    }
}
