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

    public Stretch At(DateTimeOffset at)
    {
        // Immutable and published whole; two callers at once at worst compute the same twice.
        var last = Volatile.Read(ref _last);
        if (last is not null && last.From <= at && at < last.Until) return last;
        last = Compute(at);
        Volatile.Write(ref _last, last);
        return last;
    }

    private Stretch Compute(DateTimeOffset at)
    {
        var next = Array.BinarySearch(_changes, at) is var i && i >= 0 ? i + 1 : ~i;
        ModelPrice? input = null, output = null;
        foreach (var timeline in _timelines)
        {
            if (timeline.PriceAt(at) is not { } price) continue;
            if (input is null || IsDearer(price.Prices.Input, price.Prices.Per, input.Prices.Input, input.Prices.Per)) input = price;
            if (output is null || IsDearer(price.Prices.Output, price.Prices.Per, output.Prices.Output, output.Prices.Per)) output = price;
        }

        var from = next == 0 ? DateTimeOffset.MinValue : _changes[next - 1];
        var until = next == _changes.Length ? DateTimeOffset.MaxValue : _changes[next];
        return new Stretch(from, until, input, output, input is null ? null : Combine(input.Prices, output!.Prices));
    }

    // Exact for valid prices: 10^24 x 10^12 fits in 128 bits. An invalid price is no one's dearest.
    private static bool IsDearer(decimal price, long per, decimal other, long otherPer) =>
        ExactRate.TryGet(price, out var rate) && (!ExactRate.TryGet(other, out var otherRate) || rate * otherPer > otherRate * per);

    private static TokenPrices Combine(TokenPrices input, TokenPrices output)
    {
        if (input.Per == output.Per) return new TokenPrices(input.Input, output.Output, Per: input.Per);
        var per = Math.Min(input.Per, output.Per);
        return new TokenPrices(Scaled(input.Input, input.Per, per), Scaled(output.Output, output.Per, per), Per: per);
    }

    // To the smaller count of tokens; what does not come out in the decimals that a price can have is rounded up, never down.
    private static decimal Scaled(decimal price, long from, long to)
    {
        if (from == to || !ExactRate.TryGet(price, out var rate)) return price;
        return ExactRate.ToPrice((rate * to + from - 1) / from);
    }

    internal sealed record Stretch(DateTimeOffset From, DateTimeOffset Until, ModelPrice? Input, ModelPrice? Output, TokenPrices? Combined);
}
