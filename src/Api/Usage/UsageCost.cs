using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Usage;

/// <summary>What a record costs: as given, else rated, else (only when it did not succeed) nothing.</summary>
internal readonly record struct UsageCost(Money Amount, RowFlags Flags, (string Code, string Detail)? Rejection, IReadOnlyList<InputFault>? Errors = null)
{
    /// <summary>Faults of form: what is missing, negative, or not a count.</summary>
    public static void AddFaults(UsageInput input, List<InputFault> faults)
    {
        if (input.Cost < 0) faults.Add(new InputFault("cost", "must not be negative: a refund is a correction"));
        if (input.InputCharacters is < 0 or > Rating.MaxCharacters) faults.Add(new InputFault("input_characters", $"must be 0 to {Rating.MaxCharacters}"));
        if (input.OutputCharacters is < 0 or > Rating.MaxCharacters) faults.Add(new InputFault("output_characters", $"must be 0 to {Rating.MaxCharacters}"));
        if (input.Cost is not null || UsageRules.Has(faults, "cost")) return;
        if (!HasCounts(input))
        {
            if (input.Status == UsageStatus.Success && !AnyCountFault(faults)) faults.Add(new InputFault("cost", "is required, or a model with counts"));
        }
        else if (input.Model is null && !UsageRules.Has(faults, "model"))
        {
            faults.Add(new InputFault("model", "is required to rate the counts, where no cost is given"));
        }
    }

    public static UsageCost Of(UsageInput input, CatalogSnapshot catalog, string costCenter, DateTimeOffset timestamp)
    {
        var counts = Counts(input, out var flags);
        if (counts.Faults() is { Count: > 0 } faults)
        {
            return Rejected("invalid_tokens", string.Join("; ", faults.Select(f => $"{f.Field} {f.Message}"))) with
            {
                Errors = [.. faults.Select(f => new InputFault(f.Field, f.Message))],
            };
        }

        if (input.Cost is { } given && (given != 0 || !input.ZeroCostIsRated)) return Given(given, flags);
        var rated = Rated(input, counts, flags, catalog, costCenter, timestamp);
        if (input.Cost is null) return rated;
        // What a price says is above 0 is believed rather than a foreign record's 0; a guess is not.
        var isPriced = rated.Rejection is null && rated.Amount.IsPositive && !rated.Flags.HasFlag(RowFlags.Unpriced);
        return isPriced ? rated with { Flags = rated.Flags | RowFlags.CostWasZero } : Given(0, flags);
    }

    private static UsageCost Rated(UsageInput input, TokenCounts counts, RowFlags flags, CatalogSnapshot catalog, string costCenter, DateTimeOffset timestamp)
    {
        if (!HasCounts(input) || input.Model is null) return new UsageCost(Money.Zero, flags, null);
        var prices = catalog.Prices.Find(input.Provider, input.Model, timestamp)?.Prices;
        if (prices is null)
        {
            flags |= RowFlags.Unpriced;
            prices = catalog.Policies.PolicyOf(costCenter).DefaultPrice ?? catalog.Prices.Dearest(timestamp);
            if (prices is null) return new UsageCost(Money.Zero, flags, null);
        }

        return Rating.Cost(prices, counts) is { } cost ? new UsageCost(cost, flags, null) : Rejected("implausible_cost", "The counts at this price are more than can be booked.");
    }

    private static UsageCost Given(decimal given, RowFlags flags)
    {
        if (given > Money.MaxInput.ToDecimal() || !Money.TryRound(given, out var cost)) return Rejected("implausible_cost", $"The cost is above {Money.MaxInput}.");
        if (given > 0 && cost == Money.Zero) return Rejected("cost_too_small", "The cost is above 0 but would round to 0 at 9 decimals.");
        return new UsageCost(cost, cost.ToDecimal() == given ? flags : flags | RowFlags.Rounded, null);
    }

    private static TokenCounts Counts(UsageInput input, out RowFlags flags)
    {
        var estimated = (input.InputTokens is null && input.InputCharacters is not null) || (input.OutputTokens is null && input.OutputCharacters is not null);
        flags = estimated ? RowFlags.Estimated : RowFlags.None;
        return new TokenCounts(
            input.InputTokens ?? Rating.EstimateTokens(input.InputCharacters ?? 0), input.CachedInputTokens ?? 0, input.CacheWriteTokens ?? 0,
            input.OutputTokens ?? Rating.EstimateTokens(input.OutputCharacters ?? 0), input.ReasoningTokens ?? 0);
    }

    private static bool HasCounts(UsageInput input) =>
        input.InputTokens is not null || input.OutputTokens is not null || input.InputCharacters is not null || input.OutputCharacters is not null
        || input.Reported is not null || input.CachedInputTokens is not null || input.CacheWriteTokens is not null || input.ReasoningTokens is not null;

    private static bool AnyCountFault(List<InputFault> faults)
    {
        foreach (var fault in faults)
        {
            if (fault.Field == "usage" || fault.Field.EndsWith("_tokens", StringComparison.Ordinal) || fault.Field.EndsWith("_characters", StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static UsageCost Rejected(string code, string detail) => new(Money.Zero, RowFlags.None, (code, detail));
}
