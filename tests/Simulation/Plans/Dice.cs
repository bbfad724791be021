using BudgetEngine.SimulatedSilo.Scheduling;

namespace BudgetEngine.Simulation.Plans;

/// <summary>All chance of a run, from the seed of its schedule.</summary>
internal sealed class Dice(SimulationScheduler scheduler)
{
    public int Below(int bound) => scheduler.Next(bound);

    /// <summary>From the first to the second, both included.</summary>
    public int Between(int from, int to) => from + scheduler.Next(to - from + 1);

    public bool OneIn(int n) => scheduler.Next(n) == 0;

    public bool Percent(int percent) => percent > 0 && scheduler.Next(100) < percent;

    public T Of<T>(IReadOnlyList<T> values) => values[scheduler.Next(values.Count)];

    public TimeSpan Millis(int from, int to) => TimeSpan.FromMilliseconds(Between(from, to));
}
