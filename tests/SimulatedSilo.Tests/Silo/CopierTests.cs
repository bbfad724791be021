using BudgetEngine.SimulatedSilo.Calls;
using BudgetEngine.SimulatedSilo.Scheduling;

namespace BudgetEngine.SimulatedSilo.Tests.Silo;

public sealed class CopierTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Messages_InSimulation_AreCopied(bool throughTheWire)
    {
        var simulation = new SimulationScheduler(1);
        var silo = Silos.In(simulation, o => o.Copier = throughTheWire ? MessageCopier.Serializes : MessageCopier.Copies);
        var parcel = new Parcel("a", [1], 1);

        var (echo, isSame) = simulation.Run(async () => (await silo.Worker("w").Echo(parcel), await silo.Worker("w").IsSame(parcel)));

        Assert.Equal((parcel.Name, parcel.Big), (echo.Name, echo.Big));
        Assert.Equal(parcel.Items.AsEnumerable(), echo.Items.AsEnumerable());
        Assert.NotSame(parcel, echo);
        Assert.False(isSame);
    }
}
