using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

public sealed class ReservationRecipientsTests
{
    private static readonly Guid A = new(1, 0, 0, new byte[8]);
    private static readonly Guid B = new(2, 0, 0, new byte[8]);

    [Fact]
    public void TakeBack_OfTheOnlyCall_LeavesNobody()
    {
        var told = new ReservationRecipients();
        told.Begin(A);
        told.Add(A);
        Assert.True(told.TakeBack(A));
        Assert.False(told.TakeBack(A));
    }

    [Fact]
    public void TakeBack_OfOneOfTwo_LeavesTheOther()
    {
        var told = new ReservationRecipients();
        told.Begin(A);
        told.Add(B);
        Assert.False(told.TakeBack(A));
        Assert.True(told.TakeBack(B));
    }

    [Fact]
    public void TakeBack_OfACallThatWasNotAnswered_TakesNothing()
    {
        var told = new ReservationRecipients();
        told.Begin(A);
        Assert.False(told.TakeBack(B));
        Assert.True(told.TakeBack(A));
    }

    [Fact]
    public void TakeBack_OfWhatCameFromTheLedger_LeavesWhoeverHadIt()
    {
        var told = new ReservationRecipients();
        Assert.False(told.TakeBack(A));
        told.Add(A);
        Assert.False(told.TakeBack(A));
    }

    [Fact]
    public void TakeBack_AfterMoreCallsThanAreRemembered_LeavesThem()
    {
        var calls = Enumerable.Range(0, ReservationRecipients.MaxCalls + 1).Select(i => new Guid(i, 0, 0, new byte[8])).ToList();
        var told = new ReservationRecipients();
        told.Begin(calls[0]);
        foreach (var call in calls) told.Add(call);
        Assert.All(calls, call => Assert.False(told.TakeBack(call)));
    }
}
