namespace BudgetEngine.Attacks.Harness;

/// <summary>How long the requests of one kind took.</summary>
/// <param name="Milliseconds">In ascending order.</param>
/// <param name="Refused">Refused, or denied, which none of the victim's requests deserves.</param>
internal sealed record Latencies(IReadOnlyList<double> Milliseconds, int Refused)
{
    public double Max() => At(1);

    public double P99() => At(0.99);

    private double At(double quantile) => Milliseconds.Count == 0 ? 0 : Milliseconds[Math.Min(Milliseconds.Count - 1, (int)(Milliseconds.Count * quantile))];
}
