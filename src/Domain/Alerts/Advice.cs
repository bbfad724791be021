using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Alerts;

/// <summary>What one model did in a month: its tokens and what they cost.</summary>
public sealed record ModelUse(string Model, Money Spent, TokenCounts Tokens);

/// <summary>Spend of one user or feature in a month.</summary>
public sealed record NamedSpend(string Name, Money Spent);

/// <summary>The numbers of one cost center, of the month so far, that advice is computed from; each list dearest first.</summary>
public sealed record SpendFacts(ImmutableArray<ModelUse> Models, ImmutableArray<NamedSpend> Users, ImmutableArray<NamedSpend> Features)
{
    public static readonly SpendFacts None = new([], [], []);

    public Money Spent => Models.Aggregate(Money.Zero, (sum, m) => sum + m.Spent);
}

/// <summary>
/// Recommendations from a cost center's own numbers. A cheaper model is one that the cost center uses already, so that it is known to serve here, and that
/// would have cost less for the same tokens at today's prices; whether it is good enough is for people to say.
/// </summary>
public static class Advice
{
    public const int MaxCheaperModels = 2;

    /// <summary>A saving below this part of what the model cost is not worth a sentence.</summary>
    public const decimal MinSaving = 0.1m;

    /// <summary>A user or feature is named from this share of the month's spend on.</summary>
    public const decimal MinShare = 0.2m;

    /// <param name="format">How an amount is written in a sentence.</param>
    public static ImmutableArray<Recommendation> Of(
        Resolution resolution, SpendFacts facts, PriceBook prices, (Money Spent, Money Limit, DateTimeOffset? EndsAt)? window, DateTimeOffset now, Func<Money, string> format)
    {
        var advice = ImmutableArray.CreateBuilder<Recommendation>();
        advice.AddRange(CheaperModels(resolution, facts.Models, prices, now, format));
        var spentMonth = facts.Spent;
        if (Top(RecommendationKind.TopUser, "User", facts.Users, spentMonth, format) is { } user) advice.Add(user);
        if (Top(RecommendationKind.TopFeature, "Feature", facts.Features, spentMonth, format) is { } feature) advice.Add(feature);
        if (window is { } w && Outlook.SafePerDay(w.Spent, w.Limit, w.EndsAt, now) is { } rate)
        {
            var most = w.EndsAt - now <= TimeSpan.FromDays(1) ? $"if no more than {format(rate)} is spent from now on" : $"at no more than {format(rate)} a day from now on";
            advice.Add(new Recommendation(RecommendationKind.SafeRate, null, null, rate, $"The limit holds until the window ends {most}."));
        }

        return advice.ToImmutable();
    }

    private static IEnumerable<Recommendation> CheaperModels(Resolution resolution, ImmutableArray<ModelUse> models, PriceBook prices, DateTimeOffset now, Func<Money, string> format)
    {
        var found = new List<Recommendation>();
        foreach (var dear in models)
        {
            if (CostWith(resolution, prices, dear.Model, dear.Tokens, now) is not { IsPositive: true } own) continue;
            var best = models.Where(m => m.Model != dear.Model)
                .Select(m => (m.Model, Cost: CostWith(resolution, prices, m.Model, dear.Tokens, now)))
                .Where(c => c.Cost is not null).OrderBy(c => c.Cost!.Value).ThenBy(c => c.Model, StringComparer.Ordinal).FirstOrDefault();
            if (best.Cost is not { } cheaper || (own - cheaper).Nanos < own.Nanos * MinSaving) continue;
            var saving = own - cheaper;
            found.Add(new Recommendation(
                RecommendationKind.CheaperModel, dear.Model, best.Model, saving,
                $"{best.Model} instead of {dear.Model} would have cost {format(saving)} less for this month's tokens."));
        }

        return found.OrderByDescending(r => r.Amount).ThenBy(r => r.Subject, StringComparer.Ordinal).Take(MaxCheaperModels);
    }

    private static Money? CostWith(Resolution resolution, PriceBook prices, string model, in TokenCounts tokens, DateTimeOffset now) =>
        tokens.Input + tokens.Output > 0 && prices.Find(null, model, now)?.Version.Prices is { } price ? Rating.Cost(resolution, price, tokens) : null;

    private static Recommendation? Top(RecommendationKind kind, string word, ImmutableArray<NamedSpend> spend, Money month, Func<Money, string> format)
    {
        if (spend.IsEmpty || !month.IsPositive || spend[0].Spent.Nanos < month.Nanos * MinShare) return null;
        var top = spend[0];
        var percent = (int)(Math.Min(1m, (decimal)top.Spent.Nanos / month.Nanos) * 100);
        return new Recommendation(kind, top.Name, null, top.Spent, $"{word} {top.Name} spent {format(top.Spent)} this month, {percent} % of it all.");
    }
}
