using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Grains.InMemory;

/// <summary>A cost center in memory, as the rest of its process sees it: for direct turns, and for whoever watches.</summary>
internal sealed class ActiveNode(CostCenterNode node, CostCenterGrain grain, NodeTurns turns)
{
    // Written in turns of the node only.
    private int _requests;
    private bool _leaving;
    private TaskCompletionSource? _drained;

    public string Path => node.Path;

    /// <summary>For direct turns.</summary>
    public ICostCenterGrain Grain => grain;

    public NodeTurns Turns => turns;

    public int Depth { get; } = CostCenterId.DepthOf(node.Path);

    /// <summary>Set by the grain.</summary>
    public bool IsBroken { get; set; }

    // Single reads of a reference and of a number: what they say may be of a moment ago.
    public bool IsLimited => node.Account.Node.Own is not null;

    public int OpenReservations => node.Reservations.OpenCount;

    /// <summary>Nobody has asked it for a while, it holds nothing, and no direct turn is under way. In monotonic ticks.</summary>
    public bool IsIdle(long now) => _requests == 0 && grain.IsIdle(now);

    /// <summary>It leaves memory.</summary>
    public void EndIdle() => grain.EndIdle();

    /// <summary>A request begins in a direct turn. False: the node is leaving memory, or has been taken over.</summary>
    public bool TryEnter()
    {
        if (_leaving || node.Tenure.IsOver)
        {
            node.Services.ActiveNodes.CountRefusedTurn();
            return false;
        }

        _requests++;
        return true;
    }

    /// <summary>The request has ended.</summary>
    public void Leave()
    {
        if (--_requests == 0) _drained?.TrySetResult();
    }

    /// <summary>No request begins from here on. Waits for those that have begun, as Orleans waits for its calls before it ends an activation.</summary>
    public Task DrainAsync()
    {
        _leaving = true;
        if (_requests == 0) return Task.CompletedTask;
        _drained = new TaskCompletionSource();
        return _drained.Task;
    }

    /// <summary>The figures, read in a turn of the node's own. Never completes when it has left memory meanwhile.</summary>
    public Task<List<ActiveNodeFigures>> ReadAsync() => turns.RunAsync(this, static active => Task.FromResult(active.Read()));

    /// <summary>Reads from the ledger what is set here, its users and children included; one that is leaving memory need not. Never completes when it has left memory meanwhile.</summary>
    public Task ReadAgainAsync() => turns.QueueAsync(this, static active => active.AgainAsync());

    private async Task<bool> AgainAsync()
    {
        if (!TryEnter()) return false;
        try
        {
            await grain.Refresh(new RefreshRequest(null, null, Sides: true));
            return true;
        }
        finally
        {
            Leave();
        }
    }

    private List<ActiveNodeFigures> Read()
    {
        var now = node.Now();
        var calendar = node.Tenant.Calendar;
        var own = node.Account.Node;
        var figures = new List<ActiveNodeFigures>();
        if (own.Own is not { } limits) return figures;
        foreach (var period in Window.Periods)
        {
            if (own.Figures(limits, period, calendar.DateOf(now.Utc), now.Utc) is not { } f) continue;
            figures.Add(new ActiveNodeFigures(
                Path, period, f.Limit, f.Spent, f.Held, calendar.StartOfWindow(period, f.Window), calendar.EndOf(period, f.Window), now.Utc));
        }

        return figures;
    }
}
