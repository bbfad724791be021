using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Denials;

namespace BudgetEngine.Api.Denials;

/// <summary>A denial that waits to be written, as it was answered: what is stored of it is made later, off the path of the check.</summary>
internal readonly record struct DenialEntry(
    DateTimeOffset At, string CostCenter, string User, string? Session, string? Model, string? RequestId, CheckAnswer Answer, bool Sampled)
{
    public static DenialEntry Of(CheckCommand command, CheckAnswer answer, DateTimeOffset at, bool sampled) =>
        new(at, command.CostCenter.Path, command.User, command.Session, command.Model, command.RequestId ?? command.Label, answer, sampled);

    public Denial ToDenial(Guid id) => new(
        id, At, CostCenter, User, Session, Model, RequestId is { } request ? LongRequestId.Stored(request) : null, Answer.Estimated, Answer.Reason!, Refusal(), Answer.RetryAfterSeconds,
        Sampled)
    {
        Detail = Answer.Detail,
    };

    private DenialRefusal? Refusal()
    {
        if (Answer.Breaker is { Reason: { } reason, CostCenter: { } pausedAt } pause && reason == Breaker.Paused)
        {
            return new DenialRefusal(pausedAt, pause.User, null, default, default, default, Breaker.Paused, pause.Until) { Model = pause.Model };
        }

        return Answer.BlockedBy is { } w ? new DenialRefusal(w.CostCenter, w.User, w.Period, w.Limit, w.Spent, w.Held, w.Status, w.ResetsAt)
        {
            Reservations = w.Reservations, NextLapseAt = w.NextLapse,
        } : null;
    }
}
