using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Usage;

/// <summary>What a record costs: as given, else rated, else (only when it did not succeed) nothing.</summary>
internal readonly record struct UsageCost(Money Amount, RowFlags Flags, (string Code, string Detail)? Rejection)
{
    /// <summary>The price of the book, as JSON; null where none was used.</summary>
    public string? PricedAs { get; init; }

    /// <summary>The counts as they were rated, where they are not as they were sent.</summary>
    public TokenCounts? Counts { get; init; }

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

    /// <param name="most">What one record may cost: a guess is cut to it, since a model without a price is no reason to refuse money.</param>
    public static UsageCost Of(UsageInput input, UsageContext context, string costCenter, DateTimeOffset timestamp, Money most)
    {
        var sent = CountsOf(input, out var flags);
        var counts = sent.Reconciled(out var changes);
        if (input.Cost is { } given && !(given == 0 && input.ZeroCostIsRated)) return Given(given, context.Resolution, changes == RowFlags.None ? flags : flags | RowFlags.Inconsistent);
        if (!HasCounts(input)) return new UsageCost(Money.Zero, flags, null);
        var rated = Rated(input, context, costCenter, timestamp, counts, most);
        // What a price says is above 0 is believed rather than a foreign record's 0; a guess is not.
        if (input.Cost == 0)
        {
            var isPriced = rated.Rejection is null && rated.Amount.IsPositive && rated.PricedAs is not null;
            if (!isPriced) return Given(0, context.Resolution, changes == RowFlags.None ? flags : flags | RowFlags.Inconsistent);
            flags |= RowFlags.CostWasZero;
        }

        return rated with { Flags = rated.Flags | flags | changes, Counts = changes == RowFlags.None ? null : counts };
    }

    private static UsageCost Rated(UsageInput input, UsageContext context, string costCenter, DateTimeOffset timestamp, in TokenCounts counts, Money most)
    {
        if (input.Model is null) return new UsageCost(Money.Zero, RowFlags.None, null);
        var terms = input.Details?.TermsOf(input.Final) ?? new RatingTerms(null, null, default, CountsNoRequest: !input.Final);
        if (context.Catalog.Prices.Find(input.Provider, input.Model, timestamp, out var derived) is not { } price)
        {
            return Guess(context, costCenter, timestamp, counts, terms, most) with { Flags = RowFlags.Unpriced };
        }

        if (Rating.Rate(context.Resolution, price.Prices, counts, terms) is not { } rated) return Rejected("implausible_cost", "The counts at this price are more than can be booked.");
        return new UsageCost(rated.Amount, derived ? rated.Flags | RowFlags.ModelMatched : rated.Flags, null) { PricedAs = price.PricedAs(rated.Layers) };
    }

    /// <summary>The default price of the nearest budget, else the dearest plausible of the book, else nothing.</summary>
    private static UsageCost Guess(UsageContext context, string costCenter, DateTimeOffset timestamp, in TokenCounts counts, in RatingTerms terms, Money most)
    {
        var prices = context.Catalog.Policies.PolicyOf(costCenter).DefaultPrice ?? context.Catalog.Prices.Dearest(timestamp, context.Plausible);
        var amount = prices is null ? Money.Zero : Rating.Rate(context.Resolution, prices, counts, terms)?.Amount ?? most;
        return new UsageCost(Money.Min(amount, most), RowFlags.None, null);
    }

    private static UsageCost Given(decimal given, Resolution resolution, RowFlags flags)
    {
        if (given > resolution.MaxInput || !resolution.TryRound(given, out var cost)) return Rejected("implausible_cost", $"The cost is above {resolution.ToText(Money.MaxInput)}.");
        if (given > 0 && cost == Money.Zero) return Rejected("cost_too_small", $"The cost is above 0 but would round to 0 at {resolution.Decimals} decimals.");
        return new UsageCost(cost, resolution.ToUnits(cost) == given ? flags : flags | RowFlags.Rounded, null);
    }

    private static TokenCounts CountsOf(UsageInput input, out RowFlags flags)
    {
        var estimated = (input.InputTokens is null && input.InputCharacters is not null) || (input.OutputTokens is null && input.OutputCharacters is not null);
        flags = estimated ? RowFlags.Estimated : RowFlags.None;
        var counts = new TokenCounts(
            input.InputTokens ?? Rating.EstimateTokens(input.InputCharacters ?? 0), input.CachedInputTokens ?? 0, input.CacheWriteTokens ?? 0,
            input.OutputTokens ?? Rating.EstimateTokens(input.OutputCharacters ?? 0), input.ReasoningTokens ?? 0);
        return input.Details?.AddTo(counts) ?? counts;
    }

    private static bool HasCounts(UsageInput input) =>
        input.InputTokens is not null || input.OutputTokens is not null || input.InputCharacters is not null || input.OutputCharacters is not null
        || input.CachedInputTokens is not null || input.CacheWriteTokens is not null || input.ReasoningTokens is not null
        || input.Details is { } d && (d.Units is { Count: > 0 } || d.CacheWrite1hTokens is not null || d.AudioInputTokens is not null || d.CachedAudioInputTokens is not null
            || d.ImageInputTokens is not null || d.VideoInputTokens is not null || d.AudioOutputTokens is not null || d.ImageOutputTokens is not null || d.VideoOutputTokens is not null);

    /// <summary>Whether a field, by its name in the API, counts something.</summary>
    public static bool IsOfCounts(string field) =>
        field.EndsWith("_tokens", StringComparison.Ordinal) || field.EndsWith("_characters", StringComparison.Ordinal) || field is "units" or "usage"
        || field.StartsWith("units.", StringComparison.Ordinal);

    private static bool AnyCountFault(List<InputFault> faults)
    {
        foreach (var fault in faults)
        {
            if (IsOfCounts(fault.Field)) return true;
        }

        return false;
    }

    private static UsageCost Rejected(string code, string detail) => new(Money.Zero, RowFlags.None, (code, detail));
}
