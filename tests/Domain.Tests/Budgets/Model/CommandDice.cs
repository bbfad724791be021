namespace BudgetEngine.Domain.Tests.Budgets.Model;

/// <summary>Random numbers that begin anew with each command: a command stays much the same when others before it are left out.</summary>
internal sealed class CommandDice(int seed) : Random
{
    private Random _now = new(seed);

    public void Begin(int command) => _now = new Random(command);

    public override int Next(int maxValue) => _now.Next(maxValue);

    public override int Next(int minValue, int maxValue) => _now.Next(minValue, maxValue);

    public override long NextInt64(long maxValue) => _now.NextInt64(maxValue);
}
