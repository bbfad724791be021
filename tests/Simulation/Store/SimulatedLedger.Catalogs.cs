using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Simulation.Store;

/// <summary>Prices, policies; and of the reports those that the suites ask for.</summary>
internal sealed partial class SimulatedLedger
{
    public async Task<CatalogVersions> ReadCatalogVersionsAsync(CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return database.Catalogs;
    }

    public async Task<WrittenCostCenters> ReadWrittenAsync(long? since, int most, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate)
        {
            List<string> paths = [.. database.NodeVersions.Where(v => v.Value > since).Select(v => v.Key).Order(StringComparer.Ordinal)];
            return new WrittenCostCenters(database.Version, since is null || paths.Count > most ? null : paths);
        }
    }

    public Task<IReadOnlyList<PriceVersion>> ReadPricesAsync(CancellationToken cancellationToken)
    {
        lock (database.Gate) return Task.FromResult<IReadOnlyList<PriceVersion>>([.. database.Prices]);
    }

    /// <summary>The simulation imports nothing.</summary>
    public Task<IReadOnlyList<UntakenModel>> ReadUntakenModelsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<UntakenModel>>([]);

    public Task PutImportAsync(
        IReadOnlyList<PriceVersion> prices, IReadOnlyList<UntakenModel> untaken, IReadOnlyList<string> taken, AdminContext admin, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The simulated store imports nothing.");

    public Task PutPricesAsync(IReadOnlyList<PriceVersion> prices, AdminContext admin, CancellationToken cancellationToken) =>
        WriteAsync(keepsBatchesOut: false, () =>
        {
            foreach (var price in prices)
            {
                var before = database.Prices.Where(p => p.Model == price.Model && p.EffectiveFrom <= price.EffectiveFrom).OrderBy(p => p.EffectiveFrom).ThenBy(p => p.Entry).LastOrDefault();
                database.Catalogs = database.Catalogs with { Prices = database.Catalogs.Prices + 1 };
                database.Prices.Add(price with
                {
                    EffectiveFrom = Stored.Of(price.EffectiveFrom), EnteredAt = Stored.Of(price.EnteredAt), Entry = database.Catalogs.Prices,
                    Aliases = price.Aliases.IsDefault ? [] : price.Aliases,
                });
                Audit(admin, price.Prices is null ? "price.delete" : "price.put", null, before is null ? null : PriceDocument.ToJson(before), PriceDocument.ToJson(price));
            }

            return true;
        });

    public Task<bool> TakeBackPriceAsync(string model, DateTimeOffset effectiveFrom, AdminContext admin, CancellationToken cancellationToken) =>
        WriteAsync(keepsBatchesOut: false, () =>
        {
            var found = database.Prices.FindLastIndex(p => p.Model == model && p.EffectiveFrom == Stored.Of(effectiveFrom));
            if (found < 0) return false;
            database.Catalogs = database.Catalogs with { Prices = database.Catalogs.Prices + 1 };
            Audit(admin, "price.take_back", null, PriceDocument.ToJson(database.Prices[found]), null);
            database.Prices.RemoveAt(found);
            return true;
        });

    public async Task<Policies> ReadPoliciesAsync(CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate)
        {
            return new Policies(
                [.. database.Tenants.Values],
                [.. database.Budgets.Values.Where(b => InheritedOf(b) != InheritedSettings.None).Select(b => (b.CostCenter, b.Budget.Inherited))]) { Aliases = database.AliasesNow() };
        }
    }

    public Task<bool> CreateTenantAsync(string tenant, AdminContext admin, CancellationToken cancellationToken) =>
        WriteAsync(keepsBatchesOut: false, () =>
        {
            if (!EnsureTenant(tenant, null, admin)) return false;
            database.Catalogs = database.Catalogs with { Policies = database.Catalogs.Policies + 1 };
            return true;
        });

    /// <summary>Nobody asks for a key in the simulation.</summary>
    public Task<IReadOnlyList<StoredKey>> ReadKeysAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoredKey>>([]);

    public async Task<ReservationSigningKeys> ReadSigningKeysAsync(CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return new ReservationSigningKeys(database.SigningKeys);
    }

    public Task<int> RotateSigningKeyAsync(
        byte[] secret, DateTimeOffset signsFrom, DateTimeOffset oldVerifyUntil, AdminContext admin, CancellationToken cancellationToken) =>
        WriteAsync(keepsBatchesOut: false, () =>
        {
            var keys = database.SigningKeys;
            keys.RemoveAll(k => k.VerifiesUntil <= admin.At);
            if (keys.Count >= ReservationSigningKeys.MaxKeys) throw new LedgerDataException("Too many signing keys.");
            for (var i = 0; i < keys.Count; i++)
            {
                if (!(keys[i].VerifiesUntil <= oldVerifyUntil)) keys[i] = keys[i].Until(Stored.Of(oldVerifyUntil));
            }

            var number = keys[^1].Number + 1;
            keys.Add(new ReservationSigningKey(number, secret, Stored.Of(signsFrom), null));
            database.Catalogs = database.Catalogs with { SigningKeys = database.Catalogs.SigningKeys + 1 };
            Audit(admin, "signing_key.rotate", null, null, $$"""{"number":{{number}}}""");
            return number;
        });

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditFilter filter, long? before, int limit, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            return Task.FromResult<IReadOnlyList<AuditEntry>>(
            [
                .. database.Audit.AsEnumerable().Reverse().Where(e => IsAsked(e, filter) && !(e.Id >= before)).Take(limit),
            ]);
        }

        static bool IsAsked(AuditEntry e, AuditFilter filter) =>
            (filter.Under is not { } under || (e.CostCenter is { } path && IsUnder(path, under))) && !(e.At < filter.Since) && filter.Actors?.Contains(e.Actor) != false
            && (filter.Action is not { } action || e.Action == action || e.Action.StartsWith(action + ".", StringComparison.Ordinal));
    }

    public Task AddAuditAsync(AdminContext admin, string action, string? costCenter, string? before, string? after, CancellationToken cancellationToken) =>
        WriteAsync(keepsBatchesOut: false, () =>
        {
            Audit(admin, action, costCenter, before, after);
            return true;
        });

    /// <summary>Every balance beside the sum of its rows, added up here from the rows alone.</summary>
    public Task<ConsistencyReport> CheckConsistencyAsync(string? under, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            var sums = new SortedDictionary<BalanceKey, BalanceSum>();
            var aliases = database.AliasesNow();
            foreach (var stored in database.Usage.Values)
            {
                foreach (var node in CostCenterId.SelfAndAncestors(aliases.CountedAt(stored.Row.CostCenter)))
                {
                    Add(node, "", stored.Row);
                    if (database.Tracked.Contains(new TrackedUser(node, "")) || database.Tracked.Contains(new TrackedUser(node, stored.Row.User))) Add(node, stored.Row.User, stored.Row);
                }
            }

            var differences = new List<BalanceDifference>();
            foreach (var key in sums.Keys.Union(database.Balances.Keys).Where(k => IsUnder(k.CostCenter, under)))
            {
                var (balance, sum) = (database.Balances.GetValueOrDefault(key), sums.GetValueOrDefault(key));
                if (balance.Spent.Nanos == sum.Spent && balance.Requests == sum.Requests) continue;
                var kind = (key.User.Length > 0 ? "user_" : "") + (key.Period == Period.Daily ? "day" : "month");
                differences.Add(new BalanceDifference(
                    kind, key.CostCenter, key.User.Length > 0 ? key.User : null, key.Window, balance.Spent, new Money(sum.Spent), balance.Requests, sum.Requests));
            }

            return Task.FromResult(new ConsistencyReport(database.Usage.Count, database.Balances.Count, differences));

            void Add(string node, string user, UsageRow row)
            {
                foreach (var key in new[] { BalanceKey.Day(node, user, row.BookedDate), BalanceKey.Month(node, user, row.BookedDate) })
                {
                    var sum = sums.GetValueOrDefault(key);
                    sums[key] = new BalanceSum(sum.Spent + row.Cost.Nanos, sum.Requests + row.Requests);
                }
            }
        }
    }

    public Task<int> RetainAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            ForgetSilent();
            // Of retention only what keeps holds and leases tidy: simulated runs do not last until a row is too old.
            foreach (var hold in database.Holds.Values.Where(h => h.Deadline < before).ToList()) database.Holds.Remove(hold.Key);
            return Task.FromResult(0);
        }
    }
}
