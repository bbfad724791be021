namespace BudgetEngine.Api.Checks;

public enum ExtendStatus
{
    Answered,

    /// <summary>409 <c>reservation_ended</c>.</summary>
    Ended,

    /// <summary>The new total is less than what is granted: 400.</summary>
    AmountTooSmall,
}

public sealed record ExtendAnswer(ExtendStatus Status, CheckAnswer? Decision);
