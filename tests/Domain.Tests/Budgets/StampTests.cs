using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

public sealed class StampTests
{
    [Fact]
    public void Stamps_OfALaterEpoch_ComeAfterAllEarlierOnes()
    {
        var late = new Stamp(Stamp.First(3).Value + 1_000_000_000_000);
        Assert.True(Stamp.First(3) < late);
        Assert.True(late < Stamp.First(4));
        Assert.True(Stamp.First(4) >= late);
        Assert.Equal((3, 3, 4), (Stamp.First(3).Epoch, late.Epoch, Stamp.First(4).Epoch));
        Assert.True(Stamp.None < Stamp.First(1));
        Assert.Equal(0, late.CompareTo(late));
        Assert.True(late <= late.Next() && late.Next() > late);
    }

    [Fact]
    public void Stamp_OfTheLastEpoch_IsStillPositiveAndTheNextIsRefused()
    {
        const long last = (1L << 23) - 1;
        Assert.True(Stamp.First(last) > Stamp.First(last - 1));
        Assert.Equal(last, Stamp.First(last).Epoch);
        Assert.Throws<OverflowException>(() => Stamp.First(last + 1));
        Assert.Throws<OverflowException>(() => Stamp.First(1L << 30));
    }

    [Fact]
    public void StampSource_OfAnEpoch_HandsOutEachOnce()
    {
        var source = new StampSource(5);
        var stamps = new Stamp[4][];
        var threads = Enumerable.Range(0, 4).Select(i => new Thread(() => stamps[i] = [.. Enumerable.Range(0, 1_000).Select(_ => source.Next())])).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal(4_000, stamps.SelectMany(s => s).Distinct().Count());
        Assert.All(stamps, s => Assert.Equal(s.Order(), s));
        Assert.All(stamps.SelectMany(s => s), s => Assert.Equal(5, s.Epoch));
    }
}
