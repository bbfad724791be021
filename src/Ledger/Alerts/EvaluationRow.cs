using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>What an evaluation is for. Values are stored: never renumbered.</summary>
internal enum EvaluationKind : byte
{
    Unknown = 0,
    BalanceChanged = 1,
    LimitsChanged = 2,
    WindowEnded = 3,
    Paused = 4,
    Resumed = 5,
    Unpriced = 6,
    Denied = 7,
    Conflict = 8,
    Unsettled = 9,
    Created = 10,
}

/// <summary>An evaluation as a row of the ledger's list. Kind, cost center, user, date and detail tell two of them apart.</summary>
internal sealed record EvaluationRow(EvaluationKind Kind, string CostCenter, string? User, DateOnly Date, string Detail, AlertCause Cause, DateTimeOffset DueAt)
{
    /// <summary>The longest name of a model, the longest id of a request.</summary>
    private const int MaxDetailKey = PriceBook.MaxNameLength;

    /// <summary>What tells this detail from others: a long one by its hash, since what is in an index has to be short.</summary>
    public string DetailKey => Detail.Length <= MaxDetailKey ? Detail : "#" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Detail)));

    public static EvaluationRow Of(AlertEvaluation evaluation)
    {
        var (kind, date, detail) = evaluation switch
        {
            AlertEvaluation.BalanceChanged e => (EvaluationKind.BalanceChanged, e.Date, ""),
            AlertEvaluation.LimitsChanged e => (EvaluationKind.LimitsChanged, DateOnly.MinValue, e.EndedIncrease ?? ""),
            AlertEvaluation.WindowEnded e => (EvaluationKind.WindowEnded, e.Window, DigitOf(e.Period)),
            AlertEvaluation.Paused e => (EvaluationKind.Paused, DateOnly.MinValue, JsonOf(e.Pause)),
            AlertEvaluation.Resumed e => (EvaluationKind.Resumed, DateOnly.MinValue, JsonOf(e.Pause)),
            AlertEvaluation.Unpriced e => (EvaluationKind.Unpriced, DateOnly.MinValue, e.Model),
            AlertEvaluation.Denied e => (EvaluationKind.Denied, e.Window, string.Create(CultureInfo.InvariantCulture, $"{(int)e.Period}/{e.Users}")),
            AlertEvaluation.Conflict e => (EvaluationKind.Conflict, DateOnly.MinValue, e.RequestId),
            AlertEvaluation.Unsettled e => (EvaluationKind.Unsettled, DateOnly.MinValue, e.Reservation is { } r ? JsonSerializer.Serialize(r, AlertsJson.Default.LapsedReservation) : ""),
            AlertEvaluation.Created e => (EvaluationKind.Created, DateOnly.MinValue, e.NewFrom),
            _ => throw new UnreachableException($"An evaluation of the type {evaluation.GetType()}."),
        };
        return new EvaluationRow(kind, evaluation.CostCenter, evaluation.User, date, detail, evaluation.Cause, evaluation.DueAt);
    }

    public AlertEvaluation ToEvaluation()
    {
        AlertEvaluation evaluation = Kind switch
        {
            EvaluationKind.BalanceChanged => new AlertEvaluation.BalanceChanged(CostCenter, User, Date),
            EvaluationKind.LimitsChanged => new AlertEvaluation.LimitsChanged(CostCenter, User, Detail.Length == 0 ? null : Detail),
            EvaluationKind.WindowEnded => new AlertEvaluation.WindowEnded(CostCenter, User, Date, PeriodOf(Detail)),
            EvaluationKind.Paused => new AlertEvaluation.Paused(CostCenter, PauseOf(Detail)),
            EvaluationKind.Resumed => new AlertEvaluation.Resumed(CostCenter, PauseOf(Detail)),
            EvaluationKind.Unpriced => new AlertEvaluation.Unpriced(CostCenter, Detail),
            EvaluationKind.Denied => new AlertEvaluation.Denied(CostCenter, User, Date, PeriodOf(Detail[..1]), Detail.Length > 2 ? int.Parse(Detail.AsSpan(2), CultureInfo.InvariantCulture) : 0),
            EvaluationKind.Conflict => new AlertEvaluation.Conflict(CostCenter, Detail),
            EvaluationKind.Unsettled => new AlertEvaluation.Unsettled(CostCenter, Detail.Length == 0 ? null : JsonSerializer.Deserialize(Detail, AlertsJson.Default.LapsedReservation)),
            EvaluationKind.Created => new AlertEvaluation.Created(CostCenter, Detail),
            _ => throw new InvalidDataException($"The ledger's list has an evaluation of the unknown kind {(int)Kind}."),
        };
        return evaluation with { Cause = Cause, DueAt = DueAt };
    }

    private static string DigitOf(Period period) => ((int)period).ToString(CultureInfo.InvariantCulture);

    private static Period PeriodOf(string digit) => (Period)int.Parse(digit, CultureInfo.InvariantCulture);

    private static string JsonOf(PauseEvent pause) => JsonSerializer.Serialize(pause, AlertsJson.Default.PauseEvent);

    private static PauseEvent PauseOf(string json) => JsonSerializer.Deserialize(json, AlertsJson.Default.PauseEvent)!;
}
