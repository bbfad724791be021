using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Tests.Amounts;

public sealed class RunningTotalTests
{
    [Fact]
    public void Total_OfManyThreads_LosesNothing()
    {
        var total = new RunningTotal();
        Parallel.For(0, 10_000, i => total.Add(new Money(i)));
        Assert.Equal(new Money(49_995_000), total.Value);
    }

    [Fact]
    public void Total_BeyondSixtyFourBits_StaysAtTheLargestAmount()
    {
        var total = new RunningTotal();
        for (var i = 0; i < 12; i++) total.Add(Money.MaxInput);
        Assert.Equal(Money.MaxValue, total.Value);
    }
}
