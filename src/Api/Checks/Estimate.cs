using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Checks;

/// <summary>What a check asks for: an amount given, or estimated from model and tokens as the most that the announced call can cost.</summary>
/// <param name="Prices">Null: the amount was given and the model has no price.</param>
/// <param name="Announced">The tokens; the output as announced or assumed.</param>
/// <param name="Free">The amount is 0 because the price is.</param>
/// <param name="Priced">False: the model has no price, and none may be assumed.</param>
internal readonly record struct Estimate(Money Amount, RateCard? Prices, TokenCounts Announced, RatingTerms Terms, bool Free, bool Priced)
{
    /// <summary>Output assumed where neither the check nor a budget nor the price book says how much there can be.</summary>
    public const long DefaultOutputTokens = 4_096;

    /// <summary>The model has no price of its own; the budget's default was taken.</summary>
    public bool AtDefaultPrice { get; private init; }

    /// <summary>More output was announced or assumed than the path allows, and this much was estimated; null: not.</summary>
    public long? LoweredTo { get; private init; }

    public static Estimate Given(Money amount) => new(amount, null, default, default, false, true);

    /// <summary>Input and output together, as announced or assumed; 0 where neither is known.</summary>
    public long TokensOf(CheckCommand command)
    {
        if (Prices is not null) return Announced.Input + Announced.Output;
        return (command.InputTokens ?? Rating.EstimateTokens(command.InputCharacters ?? 0)) + (command.MaxOutputTokens ?? 0);
    }

    /// <param name="maxOutput">The most output that the path allows: no more is estimated. Null: not limited.</param>
    public static Estimate Of(CheckCommand command, Resolution resolution, PriceBook book, in EffectivePolicy policy, DateTimeOffset now, long? maxOutput = null)
    {
        if (command.Unestimated) return Given(Money.Zero);
        var model = command.Model is null ? null : book.Find(null, command.Model, now);
        var prices = model?.Prices ?? (policy.UnknownModel == UnknownModelRule.DefaultPrice ? policy.DefaultPrice : null);
        if (command.Amount is { } amount && (prices is null || !HasCounts(command))) return Given(amount);
        if (prices is null) return Given(Money.Zero) with { Priced = false };
        var output = command.MaxOutputTokens ?? Assumed(policy.AssumedOutputTokens, model?.MaxOutputTokens);
        var lowered = maxOutput < output ? maxOutput : null;
        output = lowered ?? output;
        var announced = AnnouncedBy(command, output);
        var terms = command.Parts?.Details?.TermsOf(final: true) ?? default;
        if (command.Amount is { } given) return new Estimate(given, prices, announced, terms, false, true) { AtDefaultPrice = model is null, LoweredTo = lowered };
        // What does not fit in an amount fits in no budget either.
        var estimate = Rating.Estimate(resolution, prices, announced, terms) ?? Money.MaxInput;
        return new Estimate(estimate, prices, announced, terms, estimate == Money.Zero && prices.IsFree, true) { AtDefaultPrice = model is null, LoweredTo = lowered };
    }

    /// <summary>How many output tokens fit into an amount; null where no price is known.</summary>
    public long? Affordable(Resolution resolution, Money available) => Prices is null ? null : Rating.AffordableOutputTokens(resolution, Prices, Announced, Terms, available);

    private static TokenCounts AnnouncedBy(CheckCommand command, long output)
    {
        var input = command.InputTokens ?? Rating.EstimateTokens(command.InputCharacters ?? 0);
        if (command.Parts is not { } parts) return new TokenCounts(input, 0, 0, output, 0);
        var counts = new TokenCounts(input, parts.CachedInput ?? 0, parts.CacheWrite ?? 0, output, parts.Reasoning ?? 0);
        return (parts.Details?.AddTo(counts) ?? counts).Reconciled(out _);
    }

    private static bool HasCounts(CheckCommand command) => command.InputTokens is not null || command.InputCharacters is not null;

    private static long Assumed(long? setting, long? modelMaximum) => setting switch
    {
        null => Math.Min(modelMaximum ?? DefaultOutputTokens, DefaultOutputTokens),
        InheritedSettings.ModelMaximum => modelMaximum ?? DefaultOutputTokens,
        { } tokens => tokens,
    };
}
