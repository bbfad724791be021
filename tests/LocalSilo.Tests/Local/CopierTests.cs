using System.Collections.Immutable;
using BudgetEngine.LocalSilo.Calls;
using BudgetEngine.LocalSilo.Scheduling;

namespace BudgetEngine.LocalSilo.Tests;

public sealed class CopierTests
{
    [Fact]
    public void Copy_OfARecord_IsEqualInAllMembers()
    {
        var copy = (Parcel)JsonMessageCopier.Default.Copy(new Parcel("a", [1, 2], UInt128.MaxValue), typeof(Parcel))!;

        Assert.Equal(("a", UInt128.MaxValue), (copy.Name, copy.Big));
        Assert.Equal([1, 2], copy.Items.AsEnumerable());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Copy_OfAnImmutableArray_KeepsDefaultAndEmptyApart(bool isDefault)
    {
        var copy = (Parcel)JsonMessageCopier.Default.Copy(new Parcel("a", isDefault ? default : [], 0), typeof(Parcel))!;

        Assert.Equal(isDefault, copy.Items.IsDefault);
    }

    [Fact]
    public void Copy_OfPrimitives_IsEqual()
    {
        object[] values =
        [
            1L, "text", true, 'c', Int128.MinValue, UInt128.MaxValue, new DateOnly(2026, 2, 28), TimeSpan.FromTicks(1), DayOfWeek.Friday,
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)), 1.1m, Guid.Empty,
        ];

        Assert.All(values, value => Assert.Equal(value, JsonMessageCopier.Default.Copy(value, value.GetType())));
    }

    [Fact]
    public void Copy_OfWhatDoesNotComeBack_IsRefused()
    {
        Assert.Throws<NotSupportedException>(() => JsonMessageCopier.Default.Copy(new Forgetful { Kept = 1 }, typeof(Forgetful)));
    }

    [Fact]
    public void Messages_InSimulation_AreCopied()
    {
        var simulation = new SimulationScheduler(1);
        var silo = Silos.In(simulation);
        var parcel = new Parcel("a", [1], 1);

        var (echo, isSame) = simulation.Run(async () => (await silo.Worker("w").Echo(parcel), await silo.Worker("w").IsSame(parcel)));

        Assert.Equal(parcel.Items.AsEnumerable(), echo.Items.AsEnumerable());
        Assert.NotSame(parcel, echo);
        Assert.False(isSame);
    }

    private sealed class Forgetful
    {
        public int Kept { get; init; }

        public int Lost => _lost + Kept;

        private readonly int _lost = Interlocked.Increment(ref s_made);

        private static int s_made;
    }
}
