using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Wording;

/// <summary>
/// Every enum that callers, operators or stored documents see, with its words. One table each, so that the API, the ledger, the messages and the metrics cannot
/// differ. <see cref="AlertTypes"/> and <see cref="ChannelTypes"/> are the tables of alerts and channels.
/// </summary>
public static class Words
{
    public const string Allow = "allow";
    public const string Deny = "deny";
    public const string RequestsPerMinute = "requests_per_minute";
    public const string TokensPerMinute = "tokens_per_minute";

    public static readonly WordTable<Period> Periods = new((Period.Daily, "daily"), (Period.Weekly, "weekly"), (Period.Monthly, "monthly"), (Period.Total, "total"));

    /// <summary>What a caller is told as the reason of a denial.</summary>
    public static readonly WordTable<DenialReason> DenialReasons = new(
        (DenialReason.BudgetExceeded, "budget_exceeded"), (DenialReason.Paused, "paused"), (DenialReason.UnknownCostCenter, "unknown_cost_center"),
        (DenialReason.UnknownModel, "unknown_model"), (DenialReason.NoBudget, "no_budget"), (DenialReason.RateLimited, "rate_limited"),
        (DenialReason.TooManyReservations, "too_many_reservations"), (DenialReason.RequestIdConflict, "request_id_conflict"),
        (DenialReason.WindowEnded, "window_ended"), (DenialReason.LedgerUnavailable, "ledger_unavailable"), (DenialReason.ImplausibleAmount, "implausible_amount"),
        (DenialReason.ModelNotAllowed, "model_not_allowed"), (DenialReason.TooManyOutputTokens, "too_many_output_tokens"));

    /// <summary>The settings of limits by the minute, by which they are told too.</summary>
    public static readonly WordTable<MinuteMeter> MinuteMeters = new((MinuteMeter.Requests, RequestsPerMinute), (MinuteMeter.Tokens, TokensPerMinute));

    public static readonly WordTable<ReservationState> ReservationStates = new(
        (ReservationState.Held, "held"), (ReservationState.Settling, "settling"), (ReservationState.Settled, "settled"), (ReservationState.Released, "released"),
        (ReservationState.Expired, "expired"), (ReservationState.Forgotten, "forgotten"))
    {
        Otherwise = "forgotten",
    };

    public static readonly WordTable<Enforcement> Enforcements = new((Enforcement.Hard, "hard"), (Enforcement.Soft, "soft"));

    public static readonly WordTable<OutageRule> OutageRules = new((OutageRule.Deny, Deny), (OutageRule.Allow, Allow));

    public static readonly WordTable<ExpiryRule> ExpiryRules = new((ExpiryRule.Release, "release"), (ExpiryRule.Charge, "charge"));

    public static readonly WordTable<UnknownModelRule> UnknownModelRules = new((UnknownModelRule.Reject, "reject"), (UnknownModelRule.DefaultPrice, "default_price"));

    public static readonly WordTable<UsageStatus> UsageStatuses = new(
        (UsageStatus.Success, "success"), (UsageStatus.Error, "error"), (UsageStatus.Timeout, "timeout"), (UsageStatus.Cancelled, "cancelled"));

    public static readonly WordTable<RowKind> RowKinds = new((RowKind.Usage, "usage"), (RowKind.Correction, "correction"), (RowKind.Retained, "retained"));

    /// <summary>One word for each flag.</summary>
    public static readonly WordTable<RowFlags> Flags = new(
        (RowFlags.Underestimated, "underestimated"), (RowFlags.AfterExpiry, "after_expiry"), (RowFlags.AfterRelease, "after_release"),
        (RowFlags.AfterSettle, "after_settle"), (RowFlags.NoReservation, "no_reservation"), (RowFlags.OtherCostCenter, "other_cost_center"),
        (RowFlags.OverLimit, "over_limit"), (RowFlags.Late, "late"), (RowFlags.Estimated, "estimated"), (RowFlags.Unpriced, "unpriced"),
        (RowFlags.Rounded, "rounded"), (RowFlags.Cut, "cut"), (RowFlags.Adjusted, "adjusted"), (RowFlags.Inconsistent, "inconsistent"),
        (RowFlags.PartsAdded, "parts_added"), (RowFlags.CostWasZero, "cost_was_zero"), (RowFlags.ModelMatched, "model_matched"),
        (RowFlags.TierUnpriced, "tier_unpriced"), (RowFlags.UnitUnpriced, "unit_unpriced"), (RowFlags.CacheWrite1hUnpriced, "cache_write_1h_unpriced"),
        (RowFlags.Conflict, "conflict"), (RowFlags.Assumed, "assumed"), (RowFlags.NewCostCenter, "new_cost_center"), (RowFlags.UnknownCostCenter, "unknown_cost_center"),
        (RowFlags.KeyEnded, "key_ended"));

    public static readonly WordTable<AlertCause> AlertCauses = new(
        (AlertCause.Usage, "usage"), (AlertCause.Correction, "correction"), (AlertCause.LimitChange, "limit_change"), (AlertCause.Late, "late"))
    {
        Otherwise = "late",
    };

    public static readonly WordTable<UnpricedBasis> UnpricedBases = new(
        (UnpricedBasis.DefaultPrice, "default_price"), (UnpricedBasis.DearestPrice, "dearest_price"), (UnpricedBasis.Zero, "zero"));

    public static readonly WordTable<RecommendationKind> RecommendationKinds = new(
        (RecommendationKind.CheaperModel, "cheaper_model"), (RecommendationKind.TopUser, "top_user"), (RecommendationKind.TopFeature, "top_feature"),
        (RecommendationKind.SafeRate, "safe_rate"), (RecommendationKind.Unknown, "other"))
    {
        Otherwise = "other",
    };

    public static readonly WordTable<ForecastConfidence> ForecastConfidences = new(
        (ForecastConfidence.None, "none"), (ForecastConfidence.Low, "low"), (ForecastConfidence.Medium, "medium"), (ForecastConfidence.High, "high"));

    public static string Decision(bool allowed) => allowed ? Allow : Deny;

    /// <summary>The words of all flags of a row, in the order of the table.</summary>
    public static IReadOnlyList<string> Of(RowFlags flags)
    {
        if (flags == RowFlags.None) return [];
        var words = new List<string>();
        foreach (var word in Flags.All)
        {
            if ((flags & Flags.Parse(word)) != 0) words.Add(word);
        }

        return words;
    }
}
