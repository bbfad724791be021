using System.Globalization;

namespace BudgetEngine.Attacks.Harness;

/// <summary>One row of the table.</summary>
/// <param name="Megabytes">The engine's resident set: before, and the most during the attack.</param>
/// <param name="LogBytes">What the engine logged meanwhile.</param>
internal sealed record AttackFigures(
    IAttack Attack, bool Postgres, VictimFigures Idle, VictimFigures During, (long Before, long Most) Megabytes, long LogBytes, string Answers, string Effect)
{
    private const double BearableMilliseconds = 20;
    private const double BearableTimes = 3;

    public const string Head =
        """
        | attack | store | check p99 idle | check p99 attacked | max | post p99 idle | post p99 attacked | others refused | memory MB | log KB | attacker's answers; effect | |
        |---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|---|
        """;

    /// <summary>The other tenant hardly noticed: its checks stayed below three times idle, or 20 ms.</summary>
    public bool IsBorne => During.Checks.P99() <= Math.Max(BearableTimes * Idle.Checks.P99(), BearableMilliseconds);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Attack.What} | {(Postgres ? "PostgreSQL" : "SQLite")} | {Idle.Checks.P99():F1} ms | {During.Checks.P99():F1} ms | {During.Checks.Max():F0} ms | {Idle.Posts.P99():F1} ms | {During.Posts.P99():F1} ms ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"| {During.Checks.Refused + During.Posts.Refused} | {Megabytes.Before} to {Megabytes.Most} | {LogBytes / 1024} | {string.Join("; ", new[] { Answers, Effect }.Where(t => t.Length > 0))} | {(IsBorne ? "borne" : "**hurts**")} |");
}
