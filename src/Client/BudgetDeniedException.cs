using System.Globalization;
using BudgetEngine.Client.Checks;

namespace BudgetEngine.Client;

/// <summary>A model call was not made because its budget does not allow it.</summary>
public sealed class BudgetDeniedException(CheckAnswer answer) : Exception(Describe(answer))
{
    /// <summary>The decision, with the reason, what blocks it and when it resets.</summary>
    public CheckAnswer Answer { get; } = answer;

    /// <summary>Such as <c>budget_exceeded</c>. Unknown words mean a denial too.</summary>
    public string Reason => Answer.Reason ?? "denied";

    private static string Describe(CheckAnswer answer)
    {
        var why = answer.BlockedBy switch
        {
            { } window when IsHeld(answer, window) => $" It is not spent, but held by {window.Reservations} open {(window.Reservations == 1 ? "reservation" : "reservations")}{(window.NextLapseAt is { } at ? $"; the next lapses at {Instant(at)}" : "")}.",
            { ResetsAt: { } at } => $" It resets at {Instant(at)}.",
            _ => "",
        };
        return $"The call was denied by its budget: {answer.Reason ?? "denied"}.{why}";
    }

    /// <summary>The amount would fit if nothing were held.</summary>
    private static bool IsHeld(CheckAnswer answer, LimitWindow window) =>
        window is { Reservations: > 0, Held: > 0, Remaining: > 0 } && (answer.Estimated is not { } asked || asked <= window.Remaining);

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
