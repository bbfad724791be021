using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Nodes;

/// <summary>
/// Adds up what was posted for a user before its balances were kept: read in one snapshot beside everything else, and written some balances at a time. Each transaction moves the place up to which
/// all is there, so that nothing is added twice, whoever goes on and after whichever crash.
/// </summary>
/// <param name="user">Empty: every user; those that were tracked singly before have their balances already.</param>
internal sealed class UserFill(LedgerDatabase database, string costCenter, string user)
{
    /// <summary>Days of one transaction.</summary>
    public const int MaxRows = 1_000;

    /// <summary>Days that are read at once.</summary>
    private const int MaxRead = 50_000;

    private static readonly (string Name, string Type)[] _columns =
        [("cost_center", "text"), ("user_name", "text"), ("period", "bigint"), ("window_date", "date"), ("spent", "bigint"), ("requests", "bigint"), ("version", "bigint")];

    private readonly record struct Place(string User, DateOnly Date);

    private readonly record struct Day(Place Place, long Spent, long Requests);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await database.AnyReportAsync(s => ReadAsync(s, cancellationToken), cancellationToken) is var (place, days))
        {
            foreach (var step in days.Chunk(MaxRows))
            {
                if (!await database.WriteAsync(s => AddAsync(s, place, step, cancellationToken), cancellationToken)) break;
                place = step[^1].Place;
            }

            // Whoever else is at it has moved the place; the next look shows.
            if (days.Count < MaxRead && await database.WriteAsync(s => EndAsync(s, place, cancellationToken), cancellationToken)) return;
        }
    }

    /// <summary>Where the fill is, and the days after that; null: it has ended.</summary>
    private async Task<(Place From, List<Day> Days)?> ReadAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        const string fill = "from user_fills f where f.cost_center = @cost_center and f.user_name = @user_name";
        var places = await s.ListAsync($"select f.after_user, f.after_date {fill}", r => new Place(r.Text(), r.Date()), cancellationToken, Key);
        if (places.Count == 0) return null;
        var whose = user.Length > 0 ? "u.user_name = @user_name"
            : "not exists (select 1 from tracked_users t where t.cost_center = @cost_center and t.user_name = u.user_name)";
        var days = await s.ListAsync(
            $"""
            select u.user_name, u.booked_date, {s.Dialect.Sum("u.cost")}, {s.Dialect.Sum("u.requests")} from {await CountedRows.OfAsync(s, cancellationToken)} u
            where u.kind <> 2 and {Subtree.Where("u.cost_center", costCenter)} and {whose} and u.{s.Dialect.RowNumber} < (select f.before_row {fill})
                and (u.user_name > @after_user or (u.user_name = @after_user and u.booked_date > @after_date))
            group by u.user_name, u.booked_date order by u.user_name, u.booked_date limit {MaxRead}
            """,
            r => new Day(new Place(r.Text(), r.Date()), r.Long(), r.Long()), cancellationToken,
            [.. Key, .. Subtree.Parameters(costCenter), ("after_user", places[0].User), ("after_date", places[0].Date)]);
        return (places[0], days);
    }

    /// <returns>False: somebody else was here first, and nothing was added.</returns>
    private async Task<bool> AddAsync(LedgerSession s, Place from, Day[] days, CancellationToken cancellationToken)
    {
        if (await MoveAsync(s, "update user_fills set after_user = @to_user, after_date = @to_date", from, cancellationToken, ("to_user", days[^1].Place.User), ("to_date", days[^1].Place.Date)) == 0) return false;
        var sums = new SortedDictionary<BalanceKey, (long Spent, long Requests)>();
        foreach (var day in days)
        {
            sums.Add(BalanceKey.Day(costCenter, day.Place.User, day.Place.Date), (day.Spent, day.Requests));
            var month = BalanceKey.Month(costCenter, day.Place.User, day.Place.Date);
            var (spent, requests) = sums.GetValueOrDefault(month);
            sums[month] = (checked(spent + day.Spent), checked(requests + day.Requests));
        }

        await s.InsertAsync(
            "balances as b", _columns, MovedBalances.Add, sums,
            (sum, to) =>
            {
                to.Text(sum.Key.CostCenter);
                to.Text(sum.Key.User);
                to.Number((long)sum.Key.Period);
                to.Date(sum.Key.Window);
                to.Number(sum.Value.Spent);
                to.Number(sum.Value.Requests);
                to.Number(1);
            },
            cancellationToken);
        return true;
    }

    private async Task<bool> EndAsync(LedgerSession s, Place from, CancellationToken cancellationToken) => await MoveAsync(s, "delete from user_fills", from, cancellationToken) > 0;

    private (string, object?)[] Key => [("cost_center", costCenter), ("user_name", user)];

    private Task<int> MoveAsync(LedgerSession s, string how, Place from, CancellationToken cancellationToken, params (string, object?)[] more) =>
        s.ExecuteAsync(
            $"{how} where cost_center = @cost_center and user_name = @user_name and after_user = @from_user and after_date = @from_date", cancellationToken,
            [.. Key, ("from_user", from.User), ("from_date", from.Date), .. more]);
}
