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
                List<string> conditions = [Subtree.Where("cost_center", filter.Under)];
                List<(string Name, object? Value)> parameters = [.. Subtree.Parameters(filter.Under), ("limit", (long)limit)];
                Add("at >= @since", "since", filter.Since);
                Add("id < @before", "before", before);
                if (filter.Actors is { } actors) Add(s.Dialect.In("actor", "@actors"), "actors", actors.ToArray());
                if (filter.Action is { } action)
                {
                    Add($"(action = @action or substr(action, 1, {(action.Length + 1).ToString(CultureInfo.InvariantCulture)}) = @thing)", "action", action);
                    parameters.Add(("thing", action + "."));
                }

                return await s.ListAsync(
                    $"select id, at, actor, action, cost_center, before, after, reason from audit_entries where {string.Join(" and ", conditions)} order by id desc limit @limit",
                    r => new AuditEntry(r.Long(), r.Time(), r.Text(), r.Text(), r.TextOrNull(), r.TextOrNull(), r.TextOrNull(), r.TextOrNull()), cancellationToken, [.. parameters]);

                void Add(string condition, string name, object? value)
                {
                    if (value is null) return;
                    conditions.Add(condition);
                    parameters.Add((name, value));
                }
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
