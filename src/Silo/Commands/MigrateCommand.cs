using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Silo.Configuration;

namespace BudgetEngine.Silo.Commands;

/// <summary><c>migrate</c>: brings the schema up to date and ends; for deployments where no silo may do it at start.</summary>
internal static class MigrateCommand
{
    public static async Task<int> RunAsync(string[] configuration)
    {
        await using var store = LedgerStores.Create(LedgerPlace.Read(configuration));
        await store.OpenAsync(migrate: true, LedgerUse.Beside, CancellationToken.None);
        Console.WriteLine($"{store.Description} is up to date.");
        return 0;
    }
}
