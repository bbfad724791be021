using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Checks;

/// <summary>What a check asks for: an amount given, or estimated from model and tokens.</summary>
/// <param name="Prices">Null: the amount was given and the model has no price.</param>
/// <param name="Free">The amount is 0 because the price is.</param>
/// <param name="Priced">False: the model has no price, and none may be assumed.</param>
internal readonly record struct Estimate(Money Amount, TokenPrices? Prices, long InputTokens, bool Free, bool Priced)
{
    /// <summary>Output assumed where neither the check nor a budget nor the price book says how much there can be.</summary>
    public const long DefaultOutputTokens = 4_096;

    public static Estimate Of(CheckCommand command, PriceBook book, in EffectivePolicy policy, DateTimeOffset now)
    {
        if (command.Unestimated) return new Estimate(Money.Zero, null, 0, false, true);
        var model = command.Model is null ? null : book.Find(null, command.Model, now);
        var prices = model?.Prices ?? (policy.UnknownModel == UnknownModelRule.DefaultPrice ? policy.DefaultPrice : null);
        var input = command.InputTokens ?? Rating.EstimateTokens(command.InputCharacters ?? 0);
        if (command.Amount is { } amount) return new Estimate(amount, HasCounts(command) ? prices : null, input, false, true);
        if (prices is null) return new Estimate(Money.Zero, null, input, false, false);
        var output = command.MaxOutputTokens ?? Assumed(policy.AssumedOutputTokens, model?.MaxOutputTokens);
        // What does not fit in an amount fits in no budget either.
        var estimate = Rating.Estimate(prices, input, output) ?? Money.MaxInput;
        return new Estimate(estimate, prices, input, estimate == Money.Zero && prices is { Input: 0, Output: 0 }, true);
    }

    private static bool HasCounts(CheckCommand command) => command.InputTokens is not null || command.InputCharacters is not null;

    private static long Assumed(long? setting, long? modelMaximum) => setting switch
    {
        null => Math.Min(modelMaximum ?? DefaultOutputTokens, DefaultOutputTokens),
        InheritedSettings.ModelMaximum => modelMaximum ?? DefaultOutputTokens,
        { } tokens => tokens,
    };
}
