using BudgetEngine.Domain;
using BudgetEngine.Ledger;

namespace BudgetEngine.Grains;

/// <summary>
/// What a cost center notices that people may have to be told: it says where to look, the ledger decides what is missing. Everything here is memory; nothing
/// is asked of anybody inside a decision.
/// </summary>
internal sealed class NodeAlerts(CostCenterNode node)
{
    private List<Look>? _noticed;

    /// <summary>The account has learned a balance of this date.</summary>
    public void Learned(LimitedAccount account, DateOnly date, AlertCause cause)
    {
        if (node.Services.Alerts is null || LimitsOf(account) is not { Limits.Any: true } limits) return;
        var now = node.Services.Clock.GetUtcNow();
        var today = node.Tenant.Calendar.DateOf(now);
        // Other dates are few: whether their windows have moved is left to whoever looks.
        if (date != today || account.ThresholdsMoved(limits, today, now)) Notice(account, LookKind.Balance, date, "", cause);
    }

    /// <summary>A budget, an increase or a balance was read anew.</summary>
    public void LearnedLimits(LimitedAccount account, bool changed)
    {
        if (node.Services.Alerts is null || LimitsOf(account) is not { } limits) return;
        var now = node.Services.Clock.GetUtcNow();
        var today = node.Tenant.Calendar.DateOf(now);
        if (account.ThresholdsMoved(limits, today, now)) Notice(account, LookKind.Balance, today, "", changed ? AlertCause.LimitChange : AlertCause.Usage);
    }

    /// <summary>A limit refused a check.</summary>
    public void Denied(in WindowFigures figures)
    {
        if (node.Services.Alerts is null || !figures.Account.FirstDenial(figures.Period, figures.Window)) return;
        Notice(figures.Account, LookKind.Denied, figures.Window, Look.DetailOf(figures.Period), AlertCause.Usage);
    }

    /// <summary>A request id came again with other content.</summary>
    public void Conflict(string requestId) => Notice(node.Account.Node, LookKind.Conflict, default, requestId, AlertCause.Usage);

    /// <summary>A reservation lapsed, the first of a day.</summary>
    public void Unsettled() => Notice(node.Account.Node, LookKind.Unsettled, default, "", AlertCause.Usage);

    /// <summary>Hands over what was noticed in this command.</summary>
    public void Flush()
    {
        if (_noticed is null) return;
        var noticed = _noticed;
        _noticed = null;
        node.Services.Alerts?.Add(noticed);
    }

    private LimitSet? LimitsOf(LimitedAccount account) => account.Kind == AccountKind.Node ? account.Own : node.Account.Sides.LimitsOf(account);

    private void Notice(LimitedAccount account, LookKind kind, DateOnly date, string detail, AlertCause cause)
    {
        var (costCenter, user) = account.Kind switch
        {
            AccountKind.User => (node.Path, account.Name),
            AccountKind.Child => (account.Name, null),
            _ => (node.Path, (string?)null),
        };
        (_noticed ??= []).Add(Look.Of(kind, costCenter, user, date, detail, cause));
    }
}
