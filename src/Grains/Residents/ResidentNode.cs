using BudgetEngine.Domain;

namespace BudgetEngine.Grains;

/// <summary>A cost center in memory, as it is watched from outside of its turns.</summary>
internal sealed class ResidentNode(CostCenterNode node, TaskScheduler turns)
{
    public string Path => node.Path;

    public int Depth { get; } = CostCenterId.DepthOf(node.Path);

    /// <summary>Set by the grain.</summary>
    public bool IsBroken { get; set; }

    // Single reads of a reference and of a number: what they say may be of a moment ago.
    public bool IsLimited => node.Account.Node.Own is not null;

    public int OpenReservations => node.Reservations.OpenCount;

    /// <summary>The figures, read in a turn of the node's own. Never completes when it has left memory meanwhile.</summary>
    public Task<List<ResidentFigures>> ReadAsync() =>
        Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.DenyChildAttach, turns);

    private List<ResidentFigures> Read()
    {
        var now = node.Now();
        var calendar = node.Tenant.Calendar;
        var own = node.Account.Node;
        var figures = new List<ResidentFigures>();
        if (own.Own is not { } limits) return figures;
        foreach (var period in Window.Periods)
        {
            if (own.Figures(limits, period, calendar.DateOf(now.Utc), now.Utc) is not { } f) continue;
            figures.Add(new ResidentFigures(
                Path, period, f.Limit, f.Spent, f.Held, calendar.StartOfWindow(period, f.Window), calendar.EndOf(period, f.Window), now.Utc));
        }

        return figures;
    }
}
