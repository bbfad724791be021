using System.Security.Cryptography;
using System.Text;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Keys;

/// <summary>Makes keys: 256 random bits, of which only the hash is stored.</summary>
public static class NewKeys
{
    /// <summary>A key with <c>admin</c> on the whole installation.</summary>
    /// <returns>The secret, to be shown once, and what is stored of it.</returns>
    public static (string Key, StoredKey Stored) Admin(string name, string by, DateTimeOffset now) => Make(name, Scopes.Admin, null, null, null, by, now);

    internal static (string Key, StoredKey Stored) Make(
        string name, Scopes scopes, string? costCenter, DateTimeOffset? expiresAt, string? gatewayJson, string by, DateTimeOffset now)
    {
        var key = KeyText.NewKey();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return (key, new StoredKey(KeyText.NewId(), name, hash, ScopeWords.WordsOf(scopes), costCenter, expiresAt, gatewayJson, now, by, null));
    }
}
