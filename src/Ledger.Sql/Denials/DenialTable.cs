using System.Globalization;
using System.Text.Json;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Denials;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Denials;

/// <summary>Denied checks: kept, listed, counted and forgotten.</summary>
internal sealed class DenialTable(LedgerDatabase database) : ILedgerDenials
{
    /// <summary>In the place of a period: a pause has refused.</summary>
    private const long Pause = 0;

    private const string Id = "N";

    private static readonly (string Name, string Type)[] Columns =
    [
        ("at", "timestamp"), ("id", "text"), ("cost_center", "text"), ("user_name", "text"), ("session", "text"), ("model", "text"), ("request_id", "text"), ("amount", "bigint"),
        ("reason", "text"), ("refused_by", "text"), ("refused_user", "text"), ("period", "bigint"), ("limit_amount", "bigint"), ("spent", "bigint"), ("held", "bigint"),
        ("status", "text"), ("ends_at", "timestamp"), ("retry_after", "bigint"), ("sampled", "bigint"), ("detail", "text"),
        ("refused_model", "text"), ("reservations", "bigint"), ("next_lapse_at", "timestamp"),
    ];

    private static readonly (string Name, string Type)[] OmittedColumns =
        [("minute", "timestamp"), ("process", "text"), ("cost_center", "text"), ("reason", "text"), ("denials", "bigint")];

    private static readonly string Names = string.Join(", ", Columns.Select(c => c.Name));

    public Task AddAsync(IReadOnlyList<Denial> denials, IReadOnlyList<OmittedDenials> omitted, CancellationToken cancellationToken) => database.WriteAsync(
        async s =>
        {
            if (denials.Count > 0) await InsertAsync(s, denials, cancellationToken);
            if (omitted.Count > 0) await CountAsync(s, omitted, cancellationToken);
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<Denial>> ReadDenialsAsync(DenialFilter filter, DenialPosition? after, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<Denial>>(
            async s =>
            {
                var conditions = ConditionsOf(filter, "at");
                conditions.AddIfAsked("user_name =", "user_name", filter.User);
                conditions.AddIfAsked("session =", "session", filter.Session);
                conditions.AddIfAsked("model =", "model", filter.Model);
                conditions.AddIfAsked("request_id =", "request_id", filter.RequestId);
                if (after is not null) conditions.Add("(at < @after or (at = @after and id < @after_id))", ("after", after.At), ("after_id", TextOf(after.Id)));
                return await s.ListAsync(
                    $"select {Names} from denials where {conditions.Sql} order by at desc, id desc limit @limit", Read, cancellationToken,
                    [.. conditions.Parameters, ("limit", (long)limit)]);
            },
            cancellationToken);

    public Task<IReadOnlyList<OmittedSum>> SumOmittedAsync(DenialFilter filter, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<OmittedSum>>(
            async s =>
            {
                var conditions = ConditionsOf(filter, "minute");
                return await s.ListAsync(
                    $"select reason, {s.Dialect.Sum("denials")}, min(minute), max(minute) from omitted_denials where {conditions.Sql} group by reason order by reason",
                    r => new OmittedSum(r.Text(), r.Long(), r.Time(), r.Time()), cancellationToken, [.. conditions.Parameters]);
            },
            cancellationToken);

    public Task<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => database.WriteAsync(
        async s =>
        {
            var denials = await s.ExecuteAsync(
                "delete from denials where (at, id) in (select at, id from denials where at < @before order by at limit @limit)", cancellationToken,
                ("before", before), ("limit", (long)limit));
            var omitted = await s.ExecuteAsync(
                """
                delete from omitted_denials where (minute, process, cost_center, reason) in
                    (select minute, process, cost_center, reason from omitted_denials where minute < @before order by minute limit @limit)
                """,
                cancellationToken, ("before", before), ("limit", (long)limit));
            return denials + omitted;
        },
        cancellationToken);

    private static Task<int> InsertAsync(LedgerSession session, IReadOnlyList<Denial> denials, CancellationToken cancellationToken) => session.ExecuteAsync(
        $"""
        insert into denials ({Names}) select {string.Join(", ", Columns.Select(c => "r." + c.Name))} from {session.Dialect.Rows("@rows", "r", Columns)} where true
        on conflict (at, id) do nothing
        """,
        cancellationToken, ("rows", JsonRows.Of(denials, (to, denial) => Write(session.Dialect, to, denial))));

    private static Task<int> CountAsync(LedgerSession session, IReadOnlyList<OmittedDenials> omitted, CancellationToken cancellationToken) => session.ExecuteAsync(
        $"""
        insert into omitted_denials ({string.Join(", ", OmittedColumns.Select(c => c.Name))})
        select {string.Join(", ", OmittedColumns.Select(c => "r." + c.Name))} from {session.Dialect.Rows("@rows", "r", OmittedColumns)} where true
        on conflict (minute, process, cost_center, reason) do update set denials = excluded.denials
        """,
        cancellationToken, ("rows", JsonRows.Of(omitted, (to, o) =>
        {
            session.Dialect.WriteTime(to, "minute", o.Minute);
            to.WriteString("process", TextOf(o.Process));
            to.WriteString("cost_center", o.CostCenter);
            to.WriteString("reason", o.Reason);
            to.WriteNumber("denials", o.Count);
        })));

    private static void Write(Dialect dialect, Utf8JsonWriter to, Denial denial)
    {
        dialect.WriteTime(to, "at", denial.At);
        to.WriteString("id", TextOf(denial.Id));
        to.WriteString("cost_center", denial.CostCenter);
        to.WriteString("user_name", denial.User);
        to.WriteString("session", denial.Session);
        to.WriteString("model", denial.Model);
        to.WriteString("request_id", denial.RequestId);
        to.WriteNumber("amount", denial.Amount.Nanos);
        to.WriteString("reason", denial.Reason);
        if (denial.RetryAfterSeconds is { } wait) to.WriteNumber("retry_after", wait);
        to.WriteNumber("sampled", denial.Sampled ? 1 : 0);
        to.WriteString("detail", denial.Detail);
        if (denial.RefusedBy is not { } refusal) return;
        to.WriteString("refused_by", refusal.CostCenter);
        to.WriteString("refused_user", refusal.User);
        to.WriteNumber("period", refusal.Period is { } period ? (long)period : Pause);
        to.WriteNumber("limit_amount", refusal.Limit.Nanos);
        to.WriteNumber("spent", refusal.Spent.Nanos);
        to.WriteNumber("held", refusal.Held.Nanos);
        to.WriteString("status", refusal.Status);
        if (refusal.EndsAt is { } end) dialect.WriteTime(to, "ends_at", end);
        to.WriteString("refused_model", refusal.Model);
        if (refusal.Reservations is { } reservations) to.WriteNumber("reservations", reservations);
        if (refusal.NextLapseAt is { } lapse) dialect.WriteTime(to, "next_lapse_at", lapse);
    }

    private static Denial Read(RowReader r)
    {
        var (at, id, costCenter, user) = (r.Time(), Guid.ParseExact(r.Text(), Id), r.Text(), r.Text());
        var (session, model, requestId, amount, reason) = (r.TextOrNull(), r.TextOrNull(), r.TextOrNull(), r.Money(), r.Text());
        var (by, byUser, period) = (r.TextOrNull(), r.TextOrNull(), r.LongOrNull());
        var (limit, spent, held, status, endsAt) = (r.LongOrNull(), r.LongOrNull(), r.LongOrNull(), r.TextOrNull(), r.TimeOrNull());
        var (retryAfter, sampled, detail) = (r.LongOrNull(), r.Long() != 0, r.TextOrNull());
        var (byModel, reservations, nextLapse) = (r.TextOrNull(), r.LongOrNull(), r.TimeOrNull());
        var refusal = by is null ? null
            : new DenialRefusal(by, byUser, period == Pause ? null : (Period?)period, new(limit ?? 0), new(spent ?? 0), new(held ?? 0), status ?? "", endsAt)
            {
                Model = byModel, Reservations = (int?)reservations, NextLapseAt = nextLapse,
            };
        return new Denial(id, at, costCenter, user, session, model, requestId, amount, reason, refusal, retryAfter, sampled) { Detail = detail };
    }

    private static string TextOf(Guid id) => id.ToString(Id, CultureInfo.InvariantCulture);

    /// <summary>What both tables have; <paramref name="time"/> is the column of the instant.</summary>
    private static Conditions ConditionsOf(DenialFilter filter, string time)
    {
        var conditions = new Conditions();
        conditions.Add(Subtree.Where("cost_center", filter.Under), Subtree.Parameters(filter.Under));
        conditions.AddIfAsked($"{time} >=", "from", filter.From);
        conditions.AddIfAsked($"{time} <", "to", filter.To);
        conditions.AddIfAsked("reason =", "reason", filter.Reason);
        return conditions;
    }
}
