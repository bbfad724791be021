using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Ledger.Sql;

/// <summary>Registers a ledger and each of its parts. What a host puts between a part and its users it registers before.</summary>
public static class LedgerStoreServices
{
    public static void AddLedgerStore(this IServiceCollection services, LedgerOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton(p => LedgerStores.Create(p.GetRequiredService<LedgerOptions>() with { Resolution = p.GetRequiredService<Resolution>() }));
        Add<ILedgerStore>(services, store => store);
        Add(services, store => store.Records);
        Add(services, store => store.Lookup);
        Add(services, store => store.Housekeeping);
        Add(services, store => store.Nodes);
        Add<INodeReader>(services, store => store.Nodes);
        Add(services, store => store.Holds);
        Add(services, store => store.Leases);
        Add(services, store => store.Catalogs);
        Add(services, store => store.Prices);
        Add(services, store => store.Tenants);
        Add(services, store => store.Keys);
        Add(services, store => store.Budgets);
        Add(services, store => store.Increases);
        Add(services, store => store.Pauses);
        Add(services, store => store.CostCenters);
        Add(services, store => store.Usage);
        Add(services, store => store.Spend);
        Add(services, store => store.Invoiced);
        Add(services, store => store.Repricing);
        Add(services, store => store.Moves);
        Add(services, store => store.Reports);
        Add(services, store => store.Charges);
        Add(services, store => store.Warehouse);
        Add(services, store => store.Audit);
        Add(services, store => store.Denials);
        Add(services, store => store.Consistency);
        Add(services, store => store.Evaluations);
        Add(services, store => store.Deliveries);
        Add(services, store => store.Channels);
        Add(services, store => store.Schedules);
        Add<IChannelReader>(services, store => store.Channels);
        Add(services, store => store.Alerts);
        Add(services, store => store.GrainStates);
        Add(services, store => store.Currency);
        Add(services, store => store.Clock);
    }

    private static void Add<T>(IServiceCollection services, Func<LedgerStore, T> part)
        where T : class =>
        services.TryAddSingleton(p => part(p.GetRequiredService<LedgerStore>()));
}
