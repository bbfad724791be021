namespace BudgetEngine.Domain.Prices;

/// <summary>The versions of one model in the order in which they come into force.</summary>
internal sealed class PriceTimeline
{
    private readonly PriceVersion[] _versions;
    private readonly ModelPrice?[] _prices;

    /// <summary>When each version comes into force, close together: a search that followed every version would wait for memory each time.</summary>
    private readonly long[] _from;

    /// <param name="model">The model's name.</param>
    /// <param name="ordered">All its versions by <see cref="PriceVersion.EffectiveFrom"/>, then by entry; not empty.</param>
    public PriceTimeline(string model, IReadOnlyList<PriceVersion> ordered)
    {
        Model = model;
        _versions = [.. ordered];
        _from = [.. _versions.Select(v => v.EffectiveFrom.UtcTicks)];
        _prices = [.. _versions.Select(v => v.Prices is { } prices ? new ModelPrice(prices, v) : null)];
    }

    public string Model { get; }

    public ReadOnlySpan<PriceVersion> Versions => _versions;

    /// <summary>The version in force, which may be a deletion; null before the first.</summary>
    public PriceVersion? VersionAt(DateTimeOffset at) => IndexAt(at) is var i and >= 0 ? _versions[i] : null;

    /// <summary>The price in force; null before the first version and after a deletion.</summary>
    public ModelPrice? PriceAt(DateTimeOffset at) => IndexAt(at) is var i and >= 0 ? _prices[i] : null;

    private int IndexAt(DateTimeOffset at)
    {
        // The end first: nearly every look-up is for now, and the last version is in force. Of several from the same instant on, the latest entered comes last.
        var ticks = at.UtcTicks;
        var (low, high) = (0, _from.Length - 1);
        if (_from[high] <= ticks) return high;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_from[middle] <= ticks) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}
