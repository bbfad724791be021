using System.Collections.Immutable;

namespace BudgetEngine.Domain.Prices;

/// <summary>
/// All versions of all prices, at one moment of entry: an immutable snapshot. A look-up tries <c>provider/model</c>, <c>model</c>, the aliases
/// (both forms again), then the same for the names that <see cref="DerivedNames"/> makes of the model's. A deletion in force counts as not found at its step.
/// Each step matches the exact spelling first, then any case.
/// </summary>
public sealed class PriceBook
{
    /// <summary>The longest name of a model, its provider's prefix included.</summary>
    public const int MaxNameLength = 256;

    public static readonly PriceBook Empty = new([]);

    private readonly Dictionary<string, PriceTimeline> _timelines;
    private readonly NameIndex _models;
    private readonly NameIndex _aliases;
    private readonly DearestPrices _dearest;
    private readonly ProviderNames _providers;
    private readonly NearestModels _nearest;
    private readonly UntakenModels _untaken;

    /// <param name="versions">Every version, in any order.</param>
    /// <param name="untaken">Models that an import knew and could not take.</param>
    public PriceBook(IReadOnlyList<PriceVersion> versions, IReadOnlyList<UntakenModel>? untaken = null)
    {
        // The sort is stable: of versions not told apart by entry and time, the later in the list is the later entered.
        Versions = [.. versions.OrderBy(v => v.Model, StringComparer.Ordinal).ThenBy(v => v.EffectiveFrom).ThenBy(v => v, EntryOrder.Instance)];
        _timelines = Versions.GroupBy(v => v.Model, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => new PriceTimeline(g.Key, [.. g]), StringComparer.Ordinal);
        _models = new NameIndex(_timelines.Values.Select(t => (t.Model, t)));
        _aliases = new NameIndex(_timelines.Values.SelectMany(AliasesOf));
        _dearest = new DearestPrices([.. _timelines.Values]);
        _providers = new ProviderNames(_timelines.Keys);
        _nearest = new NearestModels([.. _timelines.Values]);
        _untaken = new UntakenModels(untaken ?? []);
    }

    /// <summary>Every version ever entered, superseded ones and deletions included: by model, then in force, then entry.</summary>
    public ImmutableArray<PriceVersion> Versions { get; }

    /// <summary>The price of a model as a caller names it; null when it has none at that instant.</summary>
    public ModelPrice? Find(string? provider, string model, DateTimeOffset at) => Find(provider, model, at, out _);

    /// <inheritdoc cref="Find(string?, string, DateTimeOffset)"/>
    /// <param name="derived">The price is that of a name derived from the model's.</param>
    public ModelPrice? Find(string? provider, string model, DateTimeOffset at, out bool derived)
    {
        derived = false;
        if (FindNamed(provider, model, at) is { } price) return price;
        if (model.Length > MaxNameLength) return null;
        var names = new DerivedNames(provider, model, _providers);
        while (names.Next())
        {
            if (FindNamed(provider, names.Current, at) is not { } found) continue;
            derived = true;
            return found;
        }

        return null;
    }

    /// <summary>The version of exactly this model that is in force, which may be a deletion; null when there is none.</summary>
    public PriceVersion? VersionAt(string model, DateTimeOffset at) => _timelines.GetValueOrDefault(model)?.VersionAt(at);

    /// <summary>All versions of exactly this model, in the order of <see cref="Versions"/>.</summary>
    public IEnumerable<PriceVersion> VersionsOf(string model) => Versions.Where(v => v.Model == model);

    /// <summary>The versions in force at an instant that have a price, by model.</summary>
    public IEnumerable<PriceVersion> InForce(DateTimeOffset at) => _timelines.Values
        .Select(t => t.PriceAt(at)?.Version).OfType<PriceVersion>().OrderBy(v => v.Model, StringComparer.Ordinal);

    /// <summary>A few models with a price whose names are like this one, for people to find the one that they meant.</summary>
    public IReadOnlyList<string> NearestTo(string model, DateTimeOffset at) => _nearest.To(model, at);

    /// <summary>Why an import could not take a model that has no price, as a caller names it; null: no import knew it.</summary>
    public string? WhyUntaken(string? provider, string? model)
    {
        if (model is null || _untaken.IsEmpty || model.Length > MaxNameLength) return null;
        if (_untaken.Find(provider, model) is { } reason) return reason;
        var names = new DerivedNames(provider, model, _providers);
        while (names.Next())
        {
            if (_untaken.Find(provider, names.Current) is { } found) return found;
        }

        return null;
    }

    /// <summary>The dearest plausible input and the dearest plausible output of the base as one price, for usage of a model without any; null when the book has none then.</summary>
    public RateCard? Dearest(DateTimeOffset at, in PlausiblePrices plausible) => _dearest.At(at, plausible);

    private static IEnumerable<(string Name, PriceTimeline Timeline)> AliasesOf(PriceTimeline timeline) => timeline.Versions.ToArray()
        .Where(v => !v.Aliases.IsDefault).SelectMany(v => v.Aliases).Select(alias => (alias, timeline));

    private ModelPrice? FindNamed(string? provider, ReadOnlySpan<char> model, DateTimeOffset at)
    {
        if (string.IsNullOrEmpty(provider) || provider.Length + 1 + model.Length > MaxNameLength)
        {
            return _models.FindModel(model, at) ?? _aliases.FindAlias(model, at);
        }

        Span<char> qualified = stackalloc char[provider.Length + 1 + model.Length];
        provider.CopyTo(qualified);
        qualified[provider.Length] = '/';
        model.CopyTo(qualified[(provider.Length + 1)..]);
        return _models.FindModel(qualified, at) ?? _models.FindModel(model, at)
            ?? _aliases.FindAlias(qualified, at) ?? _aliases.FindAlias(model, at);
    }
}
