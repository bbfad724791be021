using BudgetEngine.Api.Keys;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Silo.Configuration;

namespace BudgetEngine.Silo.Commands;

/// <summary><c>keys create --admin</c>: the first key, made where the store is. The engine may be running: it reads keys every half second.</summary>
internal static class KeyCommand
{
    public static async Task<int> RunAsync(string[] configuration)
    {
        await using var store = LedgerStores.Create(LedgerPlace.Read(configuration));
        await store.OpenAsync(migrate: true, LedgerUse.Beside, CancellationToken.None);
        var (key, stored) = NewKeys.Admin("admin", "cli", TimeProvider.System.GetUtcNow());
        await store.Keys.InsertKeyAsync(stored, new AdminContext(stored.CreatedAt, "cli", "keys create --admin"), CancellationToken.None);
        Console.WriteLine(key);
        // The folder is that of the caller by default: a key made elsewhere is nobody's, and leaves the engine open.
        await Console.Error.WriteLineAsync(
            $"A key for {store.Description}; this is the only time that it is shown. Send it as 'Authorization: Bearer <key>'. Open mode is over there.");
        return 0;
    }
}
