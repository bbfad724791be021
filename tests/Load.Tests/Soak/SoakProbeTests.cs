using BudgetEngine.Load.Soak;

namespace BudgetEngine.Load.Tests.Soak;

public sealed class SoakProbeTests
{
    [Theory]
    [InlineData(10, "10")]
    [InlineData(60, "15,60")]
    [InlineData(150, "15,60,120,150")]
    public void Instants_AnyLength_AreTheFirstEachMinuteAndTheEnd(int seconds, string expected) =>
        Assert.Equal(expected, string.Join(',', SoakProbe.Instants(TimeSpan.FromSeconds(seconds)).Select(i => i.TotalSeconds)));
}
