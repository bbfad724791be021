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
        var resets = answer.BlockedBy?.ResetsAt is { } at ? $" It resets at {at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}." : "";
        return $"The call was denied by its budget: {answer.Reason ?? "denied"}.{resets}";
    }
}
