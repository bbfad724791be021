using System.Numerics;

namespace BudgetEngine.Domain.Prices;

/// <summary>Up to where a price is believed that nobody entered by hand: per 1,000,000 tokens.</summary>
public readonly record struct PlausiblePrices(decimal Input, decimal Output)
{
    /// <summary>Several times the dearest models there are.</summary>
    public static readonly PlausiblePrices Default = new(200m, 1_000m);

    private const long Tokens = 1_000_000;

    public bool IsPlausibleInput(decimal price, long per) => IsAtMost(price, per, Input);

    public bool IsPlausibleOutput(decimal price, long per) => IsAtMost(price, per, Output);

    /// <summary>True when neither the base nor any tier is above the bounds.</summary>
    public bool Contains(RateCard card)
    {
        foreach (var (_, rates) in card.Layers())
        {
            foreach (var rate in rates.Tokens)
            {
                if (!IsAtMost(rate.Price, card.Per, rate.Meter < TokenMeter.Output ? Input : Output)) return false;
            }
        }

        return true;
    }

    private static bool IsAtMost(decimal price, long per, decimal bound) =>
        ExactRate.TryGet(price, out var rate) && ExactRate.TryGet(bound, out var most) && (BigInteger)rate * Tokens <= (BigInteger)most * per;
}
