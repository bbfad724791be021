using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Sql.Catalogs;

/// <summary>Prices, policies, keys and their versions.</summary>
internal sealed class CatalogTables(LedgerDatabase database) : ILedgerCatalogs, ILedgerPrices, ILedgerTenants
{
    private const string PriceColumns = "entry, model, effective_from, prices, max_output_tokens, aliases, entered_at, imported";

    public Task<CatalogVersions> ReadCatalogVersionsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async s =>
            {
                var counters = await s.ListAsync(
                    "select name, value from counters where name in ('prices', 'policies', 'keys', 'signing_keys')", r => (Name: r.Text(), Value: r.Long()), cancellationToken);
                var byName = counters.ToDictionary(c => c.Name, c => c.Value);
                return new CatalogVersions(byName["prices"], byName["policies"], byName["keys"], byName["signing_keys"]);
            },
            cancellationToken);

    public Task<WrittenCostCenters> ReadWrittenAsync(long? since, int most, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async s =>
            {
                // The counter first: what is written after it is found once more with the next look.
                var version = await s.NumberAsync("select value from counters where name = 'version'", cancellationToken);
                if (since is null) return new WrittenCostCenters(version, null);
                if (since == version) return new WrittenCostCenters(version, []);
                var paths = await s.ListAsync("select cost_center from node_versions where version > @since limit @most", r => r.Text(), cancellationToken, ("since", since), ("most", most + 1L));
                return new WrittenCostCenters(version, paths.Count > most ? null : paths);
            },
            cancellationToken);

    public Task<IReadOnlyList<PriceVersion>> ReadPricesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PriceVersion>>(
            async s => await s.ListAsync($"select {PriceColumns} from price_versions order by entry", ReadPrice, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<UntakenModel>> ReadUntakenModelsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UntakenModel>>(async s => await UntakenTable.ListAsync(s, cancellationToken), cancellationToken);

    public Task PutPricesAsync(IReadOnlyList<PriceVersion> prices, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                if (prices.Count == 0) return true;
                await AdminWrites.BeginAsync(s, cancellationToken);
                foreach (var price in prices)
                {
                    var before = await InForceAsync(s, price, cancellationToken);
                    await AdminWrites.AuditAsync(
                        s, admin, price.Prices is null ? "price.delete" : "price.put", null, before is null ? null : PriceDocument.ToJson(before), PriceDocument.ToJson(price), cancellationToken);
                }

                await InsertPricesAsync(s, prices, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task PutImportAsync(
        IReadOnlyList<PriceVersion> prices, IReadOnlyList<UntakenModel> untaken, IReadOnlyList<string> taken, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                if (prices.Count + untaken.Count + taken.Count == 0) return true;
                await AdminWrites.BeginAsync(s, cancellationToken);
                var changed = await UntakenTable.PutAsync(s, untaken, taken, admin.At, cancellationToken);
                if (changed) await AdminWrites.RaiseAsync(s, "prices", 1, cancellationToken);
                if (prices.Count == 0) return true;

                var replaced = new List<PriceVersion>();
                foreach (var price in prices.Take(ImportDocument.MaxShown))
                {
                    if (await InForceAsync(s, price, cancellationToken) is { } before) replaced.Add(before);
                }

                await AdminWrites.AuditAsync(
                    s, admin, "price.import", null, replaced.Count == 0 ? null : ImportDocument.ToJson(null, replaced), ImportDocument.ToJson(prices.Count, prices), cancellationToken);
                await InsertPricesAsync(s, prices, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task<bool> TakeBackPriceAsync(string model, DateTimeOffset effectiveFrom, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await AdminWrites.BeginAsync(s, cancellationToken);
                var found = await s.ListAsync(
                    $"select {PriceColumns} from price_versions where model = @model and effective_from = @effective_from order by entry desc limit 1", ReadPrice, cancellationToken,
                    ("model", model), ("effective_from", effectiveFrom));
                if (found.Count == 0) return false;
                await s.ExecuteAsync("delete from price_versions where entry = @entry", cancellationToken, ("entry", found[0].Entry));
                await AdminWrites.RaiseAsync(s, "prices", 1, cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "price.take_back", null, PriceDocument.ToJson(found[0]), null, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task<Policies> ReadPoliciesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async s =>
            {
                var tenants = await TenantTable.ListAsync(s, cancellationToken);
                var inherited = await s.ListAsync(
                    "select cost_center, budget from budgets where sets_inherited and user_name = '' order by cost_center",
                    r => (CostCenter: r.Text(), r.Budget().Inherited), cancellationToken);
                var aliases = await s.ListAsync(MoveTable.SelectAliases(s.Dialect), MoveTable.ReadAlias, cancellationToken);
                return new Policies(tenants, inherited) { Aliases = new CostCenterAliases(aliases) };
            },
            cancellationToken);

    public Task<IReadOnlyList<StoredKey>> ReadKeysAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredKey>>(async s => await KeyTable.ListAsync(s, cancellationToken), cancellationToken);

    public Task<ReservationSigningKeys> ReadSigningKeysAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(s => SigningKeyTable.ReadAsync(s, cancellationToken), cancellationToken);

    public Task<bool> CreateTenantAsync(string tenant, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await AdminWrites.BeginAsync(s, cancellationToken);
                var created = await TenantTable.EnsureAsync(s, tenant, null, admin, cancellationToken);
                if (created) await AdminWrites.RaiseAsync(s, "policies", 1, cancellationToken);
                return created;
            },
            cancellationToken);

    private static async Task InsertPricesAsync(LedgerSession s, IReadOnlyList<PriceVersion> prices, CancellationToken cancellationToken)
    {
        // The version of the catalog is the number of its last entry.
        var entry = await AdminWrites.RaiseAsync(s, "prices", prices.Count, cancellationToken) - prices.Count;
        foreach (var p in prices)
        {
            await s.ExecuteAsync(
                $"insert into price_versions ({PriceColumns}) values (@entry, @model, @effective_from, @prices, @max_output_tokens, @aliases, @entered_at, @imported)",
                cancellationToken, ("entry", ++entry), ("model", p.Model), ("effective_from", p.EffectiveFrom), ("prices", PricesDocument.ToJson(p.Prices)),
                ("max_output_tokens", p.MaxOutputTokens), ("aliases", HoldColumns.ToJson(p.Aliases.IsDefault ? [] : p.Aliases)), ("entered_at", p.EnteredAt), ("imported", p.Imported));
        }
    }

    /// <summary>The version that this one takes the place of, for the audit; null: the model had none.</summary>
    private static Task<PriceVersion?> InForceAsync(LedgerSession s, PriceVersion next, CancellationToken cancellationToken) =>
        s.FirstAsync<PriceVersion>(
            $"select {PriceColumns} from price_versions where model = @model and effective_from <= @effective_from order by effective_from desc, entry desc limit 1", ReadPrice,
            cancellationToken, ("model", next.Model), ("effective_from", next.EffectiveFrom));

    private static PriceVersion ReadPrice(RowReader r)
    {
        var (entry, model, from, prices) = (r.Long(), r.Text(), r.Time(), PricesDocument.Read(r.TextOrNull()));
        return new PriceVersion(model, from, prices, r.LongOrNull(), [.. HoldColumns.TextsOf(r.Text())], r.Time(), entry) { Imported = r.Flag() };
    }
}
