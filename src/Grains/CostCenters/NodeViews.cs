using System.Collections.Immutable;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>A node as people see it.</summary>
internal static class NodeViews
{
    public static NodeView Of(CostCenterNode node, ViewRequest request, string? broken)
    {
        var now = node.Now();
        var account = node.Account;
        var today = node.Tenant.Calendar.DateOf(now.Utc);
        var month = Window.Containing(Period.Monthly, today);
        var figures = new List<WindowFigures>();
        // An unknown user and the node itself as owner: only the node's own windows.
        account.AddFigures(figures, "", node.Path, today, now.Utc);
        var day = account.Node.Balances.Day(today);
        return new NodeView(
            node.Exists, today, [.. figures.Select(f => NodeAnswers.State(account, f))], day.Spent.Nanos, account.Node.Balances.Month(month).Spent.Nanos, day.Requests,
            [.. account.Pauses.Where(p => p.Until is null || p.Until > now.Utc).Select(p => new PauseView(p.User, p.Model, p.Until, p.Reason, p.By, p.At))],
            account.Holds.Count, account.Node.Balances.HeldTotal.Nanos,
            [.. account.Holds.Take(request.MaxReservations).Select(h => Of(node, h))],
            node.ExpiredToday, broken, day.Version, account.Node.Balances.Month(month).Version)
        {
            ChildWindows = ChildWindows(node, request, today, now), RecentDays = [.. account.Node.Balances.DaysBefore(today, SpendPace.MaxDays).Select(d => d.Nanos)],
            MayGrant = node.Services.Health.LetsGrant(node.Tenure),
        };
    }

    private static ImmutableArray<WindowState> ChildWindows(CostCenterNode node, ViewRequest request, DateOnly today, Moment now)
    {
        if (request.Children.IsDefaultOrEmpty || !node.Account.Sides.TracksChildren) return [];
        var figures = new List<WindowFigures>();
        foreach (var child in request.Children) node.Account.AddFigures(figures, "", child, today, now.Utc);
        return [.. figures.Where(f => f.Account.Kind == AccountKind.Child).Select(f => NodeAnswers.State(node.Account, f))];
    }

    public static ReservationReply Of(CostCenterNode node, Reservation r) => new(
        r.State, node.Path, r.User, r.Model, r.RequestId, r.Granted.Nanos,
        r.State is ReservationState.Held or ReservationState.Settling ? node.Account.Find(r.Key)?.Left.Nanos ?? 0 : 0,
        r.Settled.Nanos, r.CreatedAt, r.ExpiresAt, r.Key, r.Attempt.Value, r.Date, r.ContentHash);

    public static ReservationReply Forgotten(string owner, FindRequest request) =>
        new(ReservationState.Forgotten, owner, "", null, null, 0, 0, 0, default, default, request.Key, request.Attempt, default, default);

    private static ReservationReply Of(CostCenterNode node, Hold hold) =>
        hold.Owner == node.Path && node.Reservations.Find(hold.Key, Moment.Of(node.Services.Clock)) is { } own
            ? Of(node, own)
            : new ReservationReply(
                ReservationState.Held, hold.Owner, hold.User, hold.Model, hold.RequestId, hold.Left.Nanos, hold.Left.Nanos, 0, hold.CreatedAt, hold.ExpiresAt,
                hold.Key, hold.Attempt.Value, hold.Date, default);
}
