using System.Globalization;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>The audit trail, newest first.</summary>
internal sealed class AuditTable(LedgerDatabase database) : ILedgerAudit
{
    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditFilter filter, long? before, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<AuditEntry>>(
            async s =>
            {
                var conditions = new Conditions();
                conditions.Add(Subtree.Where("cost_center", filter.Under), Subtree.Parameters(filter.Under));
                conditions.AddIfAsked("at >=", "since", filter.Since);
                conditions.AddIfAsked("id <", "before", before);
                if (filter.Actors is { } actors) conditions.Add(s.Dialect.In("actor", "@actors"), ("actors", actors.ToArray()));
                if (filter.Action is { } action)
                {
                    conditions.Add(
                        $"(action = @action or substr(action, 1, {(action.Length + 1).ToString(CultureInfo.InvariantCulture)}) = @thing)", ("action", action), ("thing", action + "."));
                }

                return await s.ListAsync(
                    $"select id, at, actor, action, cost_center, before, after, reason from audit_entries where {conditions.Sql} order by id desc limit @limit",
                    r => new AuditEntry(r.Long(), r.Time(), r.Text(), r.Text(), r.TextOrNull(), r.TextOrNull(), r.TextOrNull(), r.TextOrNull()), cancellationToken,
                    [.. conditions.Parameters, ("limit", (long)limit)]);
            },
            cancellationToken);

    public Task AddAuditAsync(AdminContext admin, string action, string? costCenter, string? before, string? after, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await AdminWrites.AuditAsync(s, admin, action, costCenter, before, after, cancellationToken);
                return true;
            },
            cancellationToken);
}
