using System.Numerics;

namespace BudgetEngine.Domain.Prices;

/// <summary>
/// The dearest prices of a book at an instant. They change only where some version comes into force, so the answer for the stretch of time
/// last asked for is kept: usage without a price tends to come in floods.
/// </summary>
internal sealed class DearestPrices
{
    private readonly PriceTimeline[] _timelines;
    private readonly DateTimeOffset[] _changes;
    private Stretch? _last;

    public DearestPrices(PriceTimeline[] timelines)
    {
        _timelines = timelines;
        _changes = [.. timelines.SelectMany(t => t.Versions.ToArray()).Select(v => v.EffectiveFrom).Distinct().Order()];
    }

    /// <summary>Input and output each for itself; a price that nobody entered by hand counts where it is plausible. Null when there is neither.</summary>
    public RateCard? At(DateTimeOffset at, in PlausiblePrices plausible)
    {
        // Immutable and published whole; two callers at once at worst compute the same twice.
        var last = Volatile.Read(ref _last);
        if (last is not null && last.From <= at && at < last.Until && last.Plausible == plausible) return last.Combined;
        last = Compute(at, plausible);
        Volatile.Write(ref _last, last);
        return last.Combined;
    }

    private Stretch Compute(DateTimeOffset at, in PlausiblePrices plausible)
    {
        var next = Array.BinarySearch(_changes, at) is var i && i >= 0 ? i + 1 : ~i;
        PerToken? input = null, output = null;
        foreach (var timeline in _timelines)
        {
            if (timeline.PriceAt(at) is not { } price) continue;
            var (card, trusted) = (price.Prices, !price.Version.Imported);
            if (card.Input is { } ofInput && (trusted || plausible.IsPlausibleInput(ofInput, card.Per))) input = PerToken.Dearer(input, ofInput, card.Per);
            if (card.Output is { } ofOutput && (trusted || plausible.IsPlausibleOutput(ofOutput, card.Per))) output = PerToken.Dearer(output, ofOutput, card.Per);
        }

        var from = next == 0 ? DateTimeOffset.MinValue : _changes[next - 1];
        var until = next == _changes.Length ? DateTimeOffset.MaxValue : _changes[next];
        return new Stretch(from, until, plausible, Combine(input, output));
    }

    private static RateCard? Combine(PerToken? input, PerToken? output)
    {
        if (input is null && output is null) return null;
        var per = Math.Min(input?.Per ?? long.MaxValue, output?.Per ?? long.MaxValue);
        return new RateCard(input?.Scaled(per), output?.Scaled(per), per: per);
    }

    /// <summary>A price with the number of tokens that it is for.</summary>
    private sealed record PerToken(decimal Price, long Per)
    {
        public static PerToken? Dearer(PerToken? than, decimal price, long per)
        {
            // An invalid price is no one's dearest.
            if (!ExactRate.TryGet(price, out var rate)) return than;
            var isDearer = than is null || (ExactRate.TryGet(than.Price, out var other) && (BigInteger)rate * than.Per > (BigInteger)other * per);
            return isDearer ? new PerToken(price, per) : than;
        }

        /// <summary>To a smaller count of tokens; what does not come out in the decimals that a price can have is rounded up, never down.</summary>
        public decimal Scaled(long per)
        {
            if (per == Per || !ExactRate.TryGet(Price, out var rate)) return Price;
            return ExactRate.ToPrice((Int128)(((BigInteger)rate * per + Per - 1) / Per));
        }
    }

    private sealed record Stretch(DateTimeOffset From, DateTimeOffset Until, PlausiblePrices Plausible, RateCard? Combined);
}
