using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Keys;

/// <summary>The keys by hash, as the catalog has them, those that have ended too; and whether open mode is on.</summary>
public sealed class KeyRing
{
    private readonly KeysOptions _options;
    private readonly (KeyHash Hash, ApiKey Key)? _environment;
    private State _state = State.NotLoaded;

    public KeyRing(Catalog catalog, IOptions<KeysOptions> options)
    {
        _options = options.Value;
        if (!string.IsNullOrEmpty(_options.AdminKey))
        {
            _environment = (KeyHash.Of(_options.AdminKey), new ApiKey("env", KeysOptions.AdminKeyVariable, Scopes.Admin, new Subtree(null), null, GatewayProfile.Default));
        }

        catalog.Changed += Load;
    }

    /// <summary>
    /// Open mode: asked for, and no key was ever created in this store, nor is one set in the environment. False until keys have been read.
    /// </summary>
    public bool IsOpen => Volatile.Read(ref _state).IsOpen;

    /// <summary>Takes the keys of a snapshot. Also called by the catalog whenever they change.</summary>
    public void Load(CatalogSnapshot snapshot)
    {
        var old = Volatile.Read(ref _state);
        if (ReferenceEquals(old.Source, snapshot.Keys)) return;
        var keys = new Dictionary<KeyHash, ApiKey>(snapshot.Keys.Count + 1);
        foreach (var key in snapshot.Keys) keys[KeyHash.FromBytes(key.Hash)] = ApiKey.From(key);
        if (_environment is { } own) keys[own.Hash] = own.Key;
        var isOpen = _options.Open && _environment is null && snapshot.Keys.Count == 0;
        Volatile.Write(ref _state, new State(keys.ToFrozenDictionary(), isOpen, snapshot.Keys));
    }

    /// <summary>Finds a key, in force or not: <see cref="ApiKey.IsInForce"/> says.</summary>
    internal bool TryFind(ReadOnlySpan<char> key, [NotNullWhen(true)] out ApiKey? found)
    {
        found = null;
        return key.Length is > 0 and <= KeyText.MaxLength && Volatile.Read(ref _state).Keys.TryGetValue(KeyHash.Of(key), out found);
    }

    private sealed record State(FrozenDictionary<KeyHash, ApiKey> Keys, bool IsOpen, IReadOnlyList<StoredKey>? Source)
    {
        public static readonly State NotLoaded = new(FrozenDictionary<KeyHash, ApiKey>.Empty, false, null);
    }
}
