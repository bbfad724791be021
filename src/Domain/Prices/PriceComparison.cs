using System.Numerics;

namespace BudgetEngine.Domain.Prices;

/// <summary>Whether two prices are the same to whoever pays.</summary>
public static class PriceComparison
{
    /// <summary>True when every request costs the same under both, whatever they count per. With tiers or units both must have the same rates in the same places.</summary>
    public static bool CostsTheSameAs(this RateCard own, RateCard other)
    {
        if (!IsTextOnly(own) || !IsTextOnly(other)) return Scaled(own) is { } a && Scaled(other) is { } b && a == b;
        var (layers, others) = (PriceLayers.Of(own, null, 0, out _), PriceLayers.Of(other, null, 0, out _));
        for (var meter = TokenMeter.Input; meter <= TokenMeter.VideoOutput; meter++)
        {
            var (price, otherPrice) = (layers.RateOf(meter, out _), others.RateOf(meter, out _));
            if (price is null != otherPrice is null) return false;
            if (price is { } p && otherPrice is { } o && !IsSame(p, own.Per, o, other.Per)) return false;
        }

        return true;
    }

    private static bool IsTextOnly(RateCard card) =>
        card.ContextTiers.Count == 0 && card.ServiceTiers.Count == 0 && card.Multipliers.Count == 0 && card.Base.Units.Count == 0;

    private static bool IsSame(decimal own, long per, decimal other, long otherPer) =>
        ExactRate.TryGet(own, out var a) && ExactRate.TryGet(other, out var b) && (BigInteger)a * otherPer == (BigInteger)b * per;

    /// <summary>The same price per 1,000,000 tokens; null when that has too many decimals.</summary>
    private static RateCard? Scaled(RateCard card)
    {
        const long per = 1_000_000;
        if (card.Per == per) return card;
        var exact = true;
        var scaled = card with
        {
            Per = per, Base = Of(card.Base), ContextTiers = Tiers(card.ContextTiers),
            ServiceTiers = [.. card.ServiceTiers.Select(t => new ServiceTier(t.Name, Of(t.Rates), Tiers(t.ContextTiers)))],
        };
        return exact ? scaled : null;

        ValueList<ContextTier> Tiers(ValueList<ContextTier> tiers) => [.. tiers.Select(t => new ContextTier(t.AboveInputTokens, Of(t.Rates)))];

        Rates Of(Rates rates) => new(rates.Tokens.Select(t => t with { Price = OfPrice(t.Price) }), rates.Units);

        decimal OfPrice(decimal price)
        {
            exact &= ExactRate.TryGet(price, out var rate);
            var (quotient, rest) = BigInteger.DivRem((BigInteger)rate * per, card.Per);
            exact &= rest.IsZero && quotient <= (BigInteger)RateCard.MaxPrice * (BigInteger)ExactRate.One;
            return exact ? ExactRate.ToPrice((Int128)quotient) : 0;
        }
    }
}
