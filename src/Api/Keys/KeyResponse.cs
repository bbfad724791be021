using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Ledger;

namespace BudgetEngine.Api;

/// <summary>A stored key; the secret itself once.</summary>
public sealed record KeyResponse(
    string Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Shown once.")] string? Key,
    string Name,
    Scopes Scopes,
    string? CostCenter,
    DateTimeOffset? ExpiresAt,
    GatewaySettings? Gateway,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? RevokedAt)
{
    public static KeyResponse Of(StoredKey key, string? secret = null) => new(
        key.Id, secret, key.Name, ScopeWords.Parse(key.Scopes), key.CostCenter, key.ExpiresAt,
        key.GatewayJson is null ? null : GatewaySettings.Of(GatewayProfile.FromJson(key.GatewayJson)), key.CreatedAt, key.CreatedBy, key.RevokedAt);
}

/// <summary>A caller that is not in the store: open mode, or the key of the environment.</summary>
public sealed record CallerResponse(string Id, string Name, Scopes Scopes, string? CostCenter, DateTimeOffset? ExpiresAt)
{
    internal static CallerResponse Of(ApiKey caller) => new(caller.Id, caller.Name, caller.Scopes, caller.Subtree.CostCenter, caller.ExpiresAt);
}
