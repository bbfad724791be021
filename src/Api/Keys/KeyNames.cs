using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Keys;

/// <summary>The names of those who did something, beside their ids: of keys that are still stored, of the environment's, of open mode. Only of keys that the caller may see.</summary>
internal sealed class KeyNames(Catalog catalog)
{
    private static readonly Dictionary<string, string> _others = new(StringComparer.Ordinal) { [ApiKey.Open.Id] = ApiKey.Open.Name, ["env"] = KeysOptions.AdminKeyVariable };

    /// <summary>Null: unknown, or not for this caller.</summary>
    public Func<string, string?> For(ApiKey caller)
    {
        var names = catalog.Current.Keys.Where(caller.MaySee).ToDictionary(k => k.Id, k => k.Name, StringComparer.Ordinal);
        return id => names.GetValueOrDefault(id) ?? _others.GetValueOrDefault(id);
    }

    /// <summary>The ids that a text may stand for: one itself, and those of the keys that have this name.</summary>
    public IReadOnlyList<string> IdsOf(string idOrName, ApiKey caller) =>
        [idOrName, .. catalog.Current.Keys.Where(k => k.Name == idOrName && caller.MaySee(k)).Select(k => k.Id)];
}
