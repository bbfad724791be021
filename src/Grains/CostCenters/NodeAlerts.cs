using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>
/// What a cost center notices that people may have to be told: it says what to evaluate, the ledger decides what is missing. Everything here is memory; nothing
/// is asked of anybody inside a decision.
/// </summary>
internal sealed class NodeAlerts(CostCenterNode node)
{
    private List<AlertEvaluation>? _noticed;

    // Made with the first refusal of a user.
    private (DateOnly Window, int Users)[]? _deniedUsers;

    /// <summary>The account has learned a balance of this date.</summary>
    public void Learned(LimitedAccount account, DateOnly date, AlertCause cause)
    {
        if (node.Services.Alerts is null || LimitsOf(account) is not { Limits.Any: true } limits) return;
        var now = node.Services.Clock.GetUtcNow();
        var today = node.Tenant.Calendar.DateOf(now);
        // Other dates are few: whether their windows have moved is left to the evaluation.
        if (date != today || account.ThresholdsMoved(limits, today, now)) Notice(account, date, cause);
    }

    /// <summary>A budget, an increase or a balance was read anew.</summary>
    public void LearnedLimits(LimitedAccount account, bool changed)
    {
        if (node.Services.Alerts is null || LimitsOf(account) is not { } limits) return;
        var now = node.Services.Clock.GetUtcNow();
        var today = node.Tenant.Calendar.DateOf(now);
        if (account.ThresholdsMoved(limits, today, now)) Notice(account, today, changed ? AlertCause.LimitChange : AlertCause.Usage);
    }

    /// <summary>A limit refused a check.</summary>
    /// <param name="refused">The same window, as the caller is told of it.</param>
    public void Denied(in WindowFigures figures, WindowState refused)
    {
        if (node.Services.Alerts is null || !figures.Account.FirstDenial(figures.Period, figures.Window)) return;
        var account = figures.Account;
        // A child of which there was no usage does not exist yet; anybody who may check can make up its name.
        if (account.Kind == AccountKind.Child && !account.Balances.Any) return;
        var users = account.Kind == AccountKind.User ? ++DeniedUsers(figures) : 0;
        // Users are told of together, once; how many there are is noted at each power of two, so that made-up names cost a few writes and not one each.
        if (!int.IsPow2(users) && users > 0) return;
        var (costCenter, user) = Of(account);
        Notice(new AlertEvaluation.Denied(costCenter, user, figures.Window, figures.Period, users)
        {
            Figures = new DenialFigures(figures.Spent, figures.Limit, figures.Held, refused.Reservations ?? 0, refused.NextLapse),
        });
    }

    /// <summary>A request id came again with other content.</summary>
    public void Conflict(string requestId) => Notice(new AlertEvaluation.Conflict(Known, requestId));

    /// <summary>A reservation lapsed, the first of a day.</summary>
    public void Unsettled(Reservation lapsed) => Notice(new AlertEvaluation.Unsettled(
        Known, new LapsedReservation(node.Path, lapsed.User, lapsed.Model, lapsed.RequestId, lapsed.Granted.Nanos, lapsed.CreatedAt)));

    /// <summary>A record has brought a cost center into being.</summary>
    /// <param name="newFrom">How many segments the highest one has that came with it; 0: not known.</param>
    public void Created(string costCenter, int newFrom)
    {
        if (node.Services.NewNodes is { } limit && !limit.MayTell(costCenter)) return;
        Notice(new AlertEvaluation.Created(costCenter, newFrom == 0 ? costCenter : CostCenterId.AtDepth(costCenter, newFrom)));
    }

    /// <summary>Where an event is told: made-up names have none of their own.</summary>
    private string Known => node.IsKnown ? node.Path : CostCenterId.TenantOf(node.Path);

    /// <summary>How many users the window has refused, as far as this memory knows.</summary>
    private ref int DeniedUsers(in WindowFigures figures)
    {
        ref var denied = ref (_deniedUsers ??= new (DateOnly, int)[Window.Periods.Length])[(int)figures.Period - 1];
        if (denied.Window != figures.Window) denied = (figures.Window, 0);
        return ref denied.Users;
    }

    /// <summary>Hands over what was noticed in this command.</summary>
    public void Flush()
    {
        if (_noticed is null) return;
        var noticed = _noticed;
        _noticed = null;
        node.Services.Alerts?.Add(noticed);
    }

    private LimitSet? LimitsOf(LimitedAccount account) => account.Kind == AccountKind.Node ? account.Own : node.Account.Sides.LimitsOf(account);

    private void Notice(LimitedAccount account, DateOnly date, AlertCause cause)
    {
        var (costCenter, user) = Of(account);
        Notice(new AlertEvaluation.BalanceChanged(costCenter, user, date) { Cause = cause });
    }

    private void Notice(AlertEvaluation evaluation) => (_noticed ??= []).Add(evaluation);

    private (string CostCenter, string? User) Of(LimitedAccount account) => account.Kind switch
    {
        AccountKind.User => (node.Path, account.Name),
        AccountKind.Child => (account.Name, null),
        _ => (node.Path, null),
    };
}
