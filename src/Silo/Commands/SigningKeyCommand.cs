using System.Globalization;
using System.Security.Cryptography;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Silo.Configuration;

namespace BudgetEngine.Silo.Commands;

/// <summary><c>signing-keys rotate</c>: a new key for reservation ids, made where the store is. The engine may be running.</summary>
internal static class SigningKeyCommand
{
    /// <summary>The default retention of usage: as long as records of an id's date are accepted.</summary>
    public static readonly TimeSpan DefaultOverlap = TimeSpan.FromDays(90);

    /// <summary>Every process reads the new key long before it signs: they look every half second.</summary>
    private static readonly TimeSpan _notice = TimeSpan.FromMinutes(1);

    /// <param name="overlap">How long ids of the keys before it are still believed once it signs.</param>
    public static async Task<int> RunAsync(string[] configuration, TimeSpan overlap)
    {
        await using var store = LedgerStores.Create(LedgerPlace.Read(configuration));
        await store.OpenAsync(migrate: false, LedgerUse.Beside, CancellationToken.None);
        var now = TimeProvider.System.GetUtcNow();
        var (from, until) = (now + _notice, now + _notice + overlap);
        var number = await store.SigningKeys.RotateSigningKeyAsync(
            RandomNumberGenerator.GetBytes(ReservationSigningKey.SecretLength), from, until, new AdminContext(now, "cli", "signing-keys rotate"), CancellationToken.None);
        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"Key {number} of {store.Description} signs reservation ids from {from:O} on. Ids of earlier keys are believed until {until:O} at the latest."));
        return 0;
    }
}
