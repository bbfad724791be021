using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>The rule for outages, as tables.</summary>
public sealed class OutageRulesTests
{
    private static readonly Money _amount = new(10);

    [Theory]
    [InlineData(false, true, false, false, false, Outage.None)]
    [InlineData(false, true, false, true, true, Outage.None)]
    [InlineData(false, true, true, false, true, Outage.None)]
    [InlineData(false, true, true, true, false, Outage.Hard)]
    [InlineData(false, false, false, false, false, Outage.Soft)]
    [InlineData(false, false, false, false, true, Outage.Hard)]
    [InlineData(false, false, true, false, false, Outage.Hard)]
    [InlineData(false, false, false, true, false, Outage.Soft)]
    [InlineData(true, false, true, true, true, Outage.None)]
    public void Node_ThatIsAsked_SaysWhetherItMayGrant(bool lower, bool mayGrant, bool durable, bool writesFail, bool hardLimited, Outage outage) =>
        Assert.Equal(outage, OutageRules.OfNode(lower, mayGrant, durable, writesFail, hardLimited));

    [Theory]
    [InlineData(Outage.None, DenialReason.BudgetExceeded, DenialReason.BudgetExceeded)]
    [InlineData(Outage.Soft, DenialReason.BudgetExceeded, DenialReason.None)]
    [InlineData(Outage.Hard, DenialReason.BudgetExceeded, DenialReason.None)]
    [InlineData(Outage.Hard, DenialReason.Paused, DenialReason.Paused)]
    [InlineData(Outage.Hard, DenialReason.WindowEnded, DenialReason.WindowEnded)]
    public void Refusal_DuringAnOutage_IsHiddenOnlyForLackOfBudget(Outage outage, DenialReason reason, DenialReason seen)
    {
        var hidden = OutageRules.Hide(new Verdict { Kind = VerdictKind.Refused, Reason = reason }, outage, _amount);

        var expected = seen == DenialReason.None
            ? new Verdict { Kind = VerdictKind.Granted, Granted = _amount }
            : new Verdict { Kind = VerdictKind.Refused, Reason = seen };
        Assert.Equal(expected, hidden);
    }

    [Theory]
    [InlineData(false, false, Outage.None)]
    [InlineData(false, true, Outage.None)]
    [InlineData(true, false, Outage.Soft)]
    [InlineData(true, true, Outage.Hard)]
    public void Path_WithANodeThatMayNotGrant_IsAsHardAsItsHardestLimit(bool mayNotGrant, bool hard, Outage outage) =>
        Assert.Equal(outage, OutageRules.OfPath(mayNotGrant, hard));

    [Theory]
    [InlineData(Outage.Soft, false, OutageAnswer.Allow)]
    [InlineData(Outage.Soft, true, OutageAnswer.Allow)]
    [InlineData(Outage.Hard, false, OutageAnswer.Deny)]
    [InlineData(Outage.Hard, true, OutageAnswer.AllowWithinLimit)]
    public void Check_DuringAnOutage_IsAnsweredAsTheTableSays(Outage path, bool allows, OutageAnswer answer) =>
        Assert.Equal(answer, OutageRules.Answer(path, allows));
}
