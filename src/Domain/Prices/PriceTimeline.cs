namespace BudgetEngine.Domain.Prices;

/// <summary>The versions of one model in the order in which they come into force.</summary>
internal sealed class PriceTimeline
{
    private readonly PriceVersion[] _versions;
    private readonly ModelPrice?[] _prices;

    /// <param name="model">The model's name.</param>
    /// <param name="ordered">All its versions by <see cref="PriceVersion.EffectiveFrom"/>, then by entry; not empty.</param>
    public PriceTimeline(string model, IReadOnlyList<PriceVersion> ordered)
    {
        Model = model;
        _versions = [.. ordered];
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
        // From the end: nearly every look-up is for now, and the last version is in force. Of several from the same instant on,
        // the latest entered comes last and is met first.
        var i = _versions.Length - 1;
        while (i >= 0 && _versions[i].EffectiveFrom > at) i--;
        return i;
    }
}
