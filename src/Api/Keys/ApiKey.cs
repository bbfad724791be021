using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Keys;

/// <summary>A caller: its key's rights, or those of open mode.</summary>
internal sealed record ApiKey(string Id, string Name, Scopes Scopes, Subtree Subtree, DateTimeOffset? ExpiresAt, GatewayProfile Gateway)
{
    /// <summary>Whoever calls in open mode.</summary>
    public static readonly ApiKey Open = new("open", "open mode", Scopes.Admin, new Subtree(null), null, GatewayProfile.TrustingAll);

    /// <summary>Null: it is not revoked.</summary>
    public DateTimeOffset? RevokedAt { get; private init; }

    /// <summary>Of a caller: his key has ended, and he may only settle and release what is still held (<see cref="Gate.GuardEnding"/>).</summary>
    public bool HasEnded { get; init; }

    public bool IsWholeInstallation => Subtree.CostCenter is null;

    public bool Has(Scopes any) => (Scopes & (any | Scopes.Admin)) != 0;

    /// <summary>Whether this key is in force until then at least; null: for ever.</summary>
    public bool Outlives(DateTimeOffset? end) => ExpiresAt is not { } own || end <= own;

    /// <summary>Null when the cost center may be read, checked and posted to.</summary>
    public Problem? See(string path) => Subtree.Contains(path) ? null : Problem.Outside(path);

    /// <summary>Keys of its subtree; of the whole installation all.</summary>
    public bool MaySee(StoredKey key) => key.CostCenter is { } costCenter ? Subtree.Contains(costCenter) : IsWholeInstallation;

    /// <summary>Null when the cost center may be changed: with a subtree only strictly below its root.</summary>
    public Problem? Change(string path) => Subtree.Contains(path) && path != Subtree.CostCenter ? null
        : new Problem(ApiCode.OutsideSubtree, $"The key may change only what is below '{Subtree.CostCenter}', and '{path}' is not.");

    /// <summary>The root of a list: what was asked for, or else all that the key may see. A problem when it is outside.</summary>
    public Problem? Under(CostCenterId? asked, out string? under)
    {
        under = asked?.Path ?? Subtree.CostCenter;
        return asked is { } id ? See(id.Path) : null;
    }

    /// <summary>Neither revoked nor expired. What is revoked is so whatever this process's clock says.</summary>
    public bool IsInForce(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);

    /// <summary>Of a key that is not in force: whether anything that was held while it was may still be open.</summary>
    public bool MayHoldStill(DateTimeOffset now) => now < (RevokedAt is null || ExpiresAt < RevokedAt ? ExpiresAt : RevokedAt) + Reservation.MaxLifetime;

    public static ApiKey From(StoredKey key) => new(
        key.Id, key.Name, ScopeWords.Parse(key.Scopes), new Subtree(key.CostCenter), key.ExpiresAt, GatewayProfile.FromJson(key.GatewayJson)) { RevokedAt = key.RevokedAt };
}
