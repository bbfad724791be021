using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Keys;

/// <summary>A stored key, without the secret.</summary>
public record KeyResponse(
    string Id,
    string Name,
    Scopes Scopes,
    string? CostCenter,
    DateTimeOffset? ExpiresAt,
    GatewaySettings? Gateway,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? RevokedAt)
{
    public static KeyResponse Of(StoredKey key) => new(
        key.Id, key.Name, ScopeWords.Parse(key.Scopes), key.CostCenter, key.ExpiresAt,
        key.GatewayJson is null ? null : GatewaySettings.Of(GatewayProfile.FromJson(key.GatewayJson)), key.CreatedAt, key.CreatedBy, key.RevokedAt);
}

/// <summary>A new key, with the secret.</summary>
public sealed record NewKeyResponse : KeyResponse
{
    internal NewKeyResponse(KeyResponse stored, string key) : base(stored) => Key = key;

    [Description("Shown once.")]
    [JsonPropertyOrder(1)]
    public string Key { get; }
}

/// <summary>A caller that is not in the store: open mode, or the key of the environment.</summary>
public sealed record CallerResponse(string Id, string Name, Scopes Scopes, string? CostCenter, DateTimeOffset? ExpiresAt)
{
    internal static CallerResponse Of(ApiKey caller) => new(caller.Id, caller.Name, caller.Scopes, caller.Subtree.CostCenter, caller.ExpiresAt);
}
