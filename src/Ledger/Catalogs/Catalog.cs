using System.Collections.Frozen;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Ledger.Catalogs;

/// <summary>One consistent picture of prices, policies and keys. Immutable: a decision reads it once and uses it throughout.</summary>
public sealed record CatalogSnapshot(
    CatalogVersions Versions, PriceBook Prices, PolicyBook Policies, IReadOnlyList<StoredKey> Keys, ReservationSigningKeys SigningKeys);

/// <summary>
/// Keeps prices, policies and keys of the ledger in the memory of this process, so that no decision needs a hop or a query for them. A local write refreshes
/// at once; writes of other processes are seen within <c>Catalog:PollInterval</c>. While the ledger is out of reach the last snapshot stays.
/// </summary>
public sealed class Catalog(ILedgerCatalogs store)
{
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private CatalogSnapshot? _current;

    /// <summary>The latest snapshot. Throws before the first <see cref="RefreshAsync"/>.</summary>
    public CatalogSnapshot Current => Volatile.Read(ref _current) ?? throw new InvalidOperationException("The catalog has not been read yet.");

    /// <summary>Raised with the new snapshot after a change.</summary>
    public event Action<CatalogSnapshot>? Changed;

    /// <summary>Reads what has changed. When it returns, everything that was committed before the call is in <see cref="Current"/>.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            var old = _current;
            // Versions first: content read later can only be newer than its version says, and is then simply read once more.
            var versions = await store.ReadCatalogVersionsAsync(cancellationToken);
            if (old is not null && old.Versions == versions) return;
            var prices = old is not null && old.Versions.Prices == versions.Prices
                ? old.Prices
                : new PriceBook(await store.ReadPricesAsync(cancellationToken), await store.ReadUntakenModelsAsync(cancellationToken));
            var policies = old is not null && old.Versions.Policies == versions.Policies
                ? old.Policies
                : new PolicyBook(await store.ReadPoliciesAsync(cancellationToken));
            var keys = old is not null && old.Versions.Keys == versions.Keys
                ? old.Keys
                : await store.ReadKeysAsync(cancellationToken);
            var signingKeys = old is not null && old.Versions.SigningKeys == versions.SigningKeys
                ? old.SigningKeys
                : await store.ReadSigningKeysAsync(cancellationToken);
            var snapshot = new CatalogSnapshot(versions, prices, policies, keys, signingKeys);
            Volatile.Write(ref _current, snapshot);
            Changed?.Invoke(snapshot);
        }
        finally
        {
            _refreshing.Release();
        }
    }
}

/// <summary>Tenants, and the settings that a cost center inherits from the nearest one that sets them.</summary>
public sealed class PolicyBook
{
    private readonly FrozenDictionary<string, TenantSettings>.AlternateLookup<ReadOnlySpan<char>> _tenants;
    private readonly FrozenDictionary<string, InheritedSettings>.AlternateLookup<ReadOnlySpan<char>> _inherited;
    private readonly bool _anyInherited;
    private readonly bool _anyModelRules;

    public PolicyBook(Policies policies)
    {
        Tenants = policies.Tenants;
        Aliases = policies.Aliases;
        _tenants = policies.Tenants.ToFrozenDictionary(t => t.Tenant).GetAlternateLookup<ReadOnlySpan<char>>();
        _inherited = policies.Inherited.ToFrozenDictionary(p => p.CostCenter, p => p.Settings).GetAlternateLookup<ReadOnlySpan<char>>();
        _anyInherited = policies.Inherited.Count > 0;
        _anyModelRules = policies.Inherited.Any(p => p.Settings.Models is not null);
    }

    public IReadOnlyList<TenantSettings> Tenants { get; }

    /// <summary>Old names that lead to new ones.</summary>
    public CostCenterAliases Aliases { get; }

    /// <summary>The settings of the path's tenant; null when there is no such tenant.</summary>
    public TenantSettings? TenantOf(string path)
    {
        var slash = path.IndexOf('/');
        return _tenants.TryGetValue(slash < 0 ? path : path.AsSpan(0, slash), out var settings) ? settings : null;
    }

    /// <summary>What all cost centers at and above this one say of a model.</summary>
    public ModelBounds BoundsOf(string path, string? model)
    {
        var bounds = ModelBounds.None;
        if (!_anyModelRules) return bounds;
        for (var node = path.AsSpan(); ; node = node[..node.LastIndexOf('/')])
        {
            if (_inherited.TryGetValue(node, out var settings) && settings.Models is { } rules) bounds = bounds.Within(rules, model, node.Count('/') + 1);
            if (!node.Contains('/')) return bounds;
        }
    }

    /// <summary>What stands for this cost center: for each setting the nearest node at or above that sets it.</summary>
    public EffectivePolicy PolicyOf(string path)
    {
        var policy = EffectivePolicy.Default;
        if (!_anyInherited) return policy;
        for (var node = path.AsSpan(); ; node = node[..node.LastIndexOf('/')])
        {
            if (_inherited.TryGetValue(node, out var settings)) policy = policy.InheritFrom(settings, node);
            if (!node.Contains('/')) return policy;
        }
    }
}

/// <summary>Inherited settings resolved for one cost center. Not set anywhere: reject, no price, deny, no assumption, release.</summary>
/// <param name="OutageNode">The cost center whose <c>on_outage</c> stands; null: none.</param>
public readonly record struct EffectivePolicy(
    UnknownModelRule UnknownModel, RateCard? DefaultPrice, OutageRule OnOutage, Money? OnOutageLimit, string? OutageNode, long? AssumedOutputTokens, ExpiryRule OnExpiry)
{
    public static readonly EffectivePolicy Default;

    internal EffectivePolicy InheritFrom(InheritedSettings settings, ReadOnlySpan<char> node)
    {
        var outageHere = OnOutage == OutageRule.NotSet && settings.OnOutage != OutageRule.NotSet;
        return new EffectivePolicy(
            UnknownModel == UnknownModelRule.NotSet ? settings.UnknownModel : UnknownModel,
            DefaultPrice ?? settings.DefaultPrice,
            outageHere ? settings.OnOutage : OnOutage,
            outageHere ? settings.OnOutageLimit : OnOutageLimit,
            outageHere ? node.ToString() : OutageNode,
            AssumedOutputTokens ?? settings.AssumedOutputTokens,
            OnExpiry == ExpiryRule.NotSet ? settings.OnExpiry : OnExpiry);
    }
}
