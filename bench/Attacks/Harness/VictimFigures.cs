namespace BudgetEngine.Attacks.Harness;

internal sealed record VictimFigures(Latencies Checks, Latencies Posts);
