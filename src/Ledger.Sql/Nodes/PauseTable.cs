using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Sql.Alerts;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Sql.Nodes;

/// <summary>Kill switches: at most one per subtree, user and model.</summary>
internal sealed class PauseTable(LedgerDatabase database) : ILedgerPauses
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns = "cost_center, user_name, model, until, reason, made_by, made_at";

    private const string ThisPause = "cost_center = @cost_center and user_name = @user_name and model = @model";

    public Task<IReadOnlyList<Pause>> ListPausesAsync(PauseFilter filter, Pause? after, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<Pause>>(
            async s =>
            {
                var conditions = new Conditions();
                conditions.Add(
                    $"({Subtree.Where("cost_center", filter.Under)} or {s.Dialect.In("cost_center", "@above")})", [.. Subtree.Parameters(filter.Under), ("above", filter.Above.ToArray())]);
                conditions.Add("(until is null or until > @now)", ("now", filter.Now));
                conditions.AddIfAsked("user_name =", "of_user", filter.User);
                conditions.AddIfAsked("model =", "of_model", filter.Model);
                if (after is not null) conditions.Add("(cost_center, user_name, model) > (@cost_center, @user_name, @model)", Key(after.CostCenter, after.User, after.Model));
                return await s.ListAsync(
                    $"select {Columns} from pauses where {conditions.Sql} order by cost_center, user_name, model limit @limit", Read, cancellationToken,
                    [.. conditions.Parameters, ("limit", (long)limit)]);
            },
            cancellationToken);

    public Task PutPauseAsync(Pause pause, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAtAsync(s, pause.CostCenter, cancellationToken);
                var before = await FindAsync(s, pause.CostCenter, pause.User, pause.Model, cancellationToken);
                await s.ExecuteAsync(
                    $"""
                    insert into pauses ({Columns}) values (@cost_center, @user_name, @model, @until, @reason, @made_by, @made_at)
                    on conflict (cost_center, user_name, model) do update
                    set until = excluded.until, reason = excluded.reason, made_by = excluded.made_by, made_at = excluded.made_at
                    """,
                    cancellationToken,
                    [
                        .. Key(pause.CostCenter, pause.User, pause.Model), ("until", pause.Until), ("reason", pause.Reason), ("made_by", pause.By),
                        ("made_at", pause.At),
                    ]);
                await AdminWrites.TouchNodeAsync(s, pause.CostCenter, null, version, cancellationToken);
                var paused = new PauseEvent(pause.User, pause.Model, pause.Until, pause.Reason, pause.By, pause.At);
                await EvaluationList.AddAsync(s, [new AlertEvaluation.Paused(pause.CostCenter, paused)], cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "pause.put", pause.CostCenter, Json(before), PauseDocument.ToJson(pause), cancellationToken);
                return true;
            },
            cancellationToken);

    public Task<bool> DeletePauseAsync(string costCenter, string? user, string? model, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var version = await AdminWrites.BeginAsync(s, cancellationToken);
                if (await FindAsync(s, costCenter, user, model, cancellationToken) is not { } before) return false;
                await s.ExecuteAsync($"delete from pauses where {ThisPause}", cancellationToken, Key(costCenter, user, model));
                await AdminWrites.TouchNodeAsync(s, costCenter, null, version, cancellationToken);
                // One that has ended by itself is told as that; nobody may have come to it yet.
                var paused = before.Until is null || before.Until > admin.At
                    ? new PauseEvent(user, model, null, admin.Reason, admin.Actor, admin.At)
                    : new PauseEvent(user, model, null, before.Reason, before.By, before.At, Expires: true);
                await EvaluationList.AddAsync(s, [new AlertEvaluation.Resumed(costCenter, paused)], cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "pause.delete", costCenter, Json(before), null, cancellationToken);
                return true;
            },
            cancellationToken);

    public static Pause Read(RowReader r) => new(r.Text(), r.TextOrEmpty(), r.TextOrEmpty(), r.TimeOrNull(), r.TextOrNull(), r.Text(), r.Time());

    private static string? Json(Pause? pause) => pause is null ? null : PauseDocument.ToJson(pause);

    private static Task<Pause?> FindAsync(LedgerSession s, string costCenter, string? user, string? model, CancellationToken cancellationToken) =>
        s.FirstAsync<Pause>($"select {Columns} from pauses where {ThisPause}", Read, cancellationToken, Key(costCenter, user, model));

    private static (string Name, object? Value)[] Key(string costCenter, string? user, string? model) =>
        [("cost_center", costCenter), ("user_name", user ?? ""), ("model", model ?? "")];
}
