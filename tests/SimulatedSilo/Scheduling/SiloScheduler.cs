namespace BudgetEngine.SimulatedSilo.Scheduling;

/// <summary>Decides when and where the turns of all activations run.</summary>
public abstract class SiloScheduler
{
    private protected SiloScheduler()
    {
    }

    /// <summary>The clock of silos on this scheduler, unless they are given another.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>Where code runs that belongs to no activation.</summary>
    internal abstract TaskScheduler Outside { get; }

    /// <summary>How many turns an activation runs before others get the thread.</summary>
    internal abstract int TurnsPerSlice { get; }

    /// <summary>How a reply must be made so that its continuations run where this scheduler wants them.</summary>
    internal abstract TaskCreationOptions ReplyOptions { get; }

    /// <summary>Runs an activation that has turns, or carries a message, some time soon.</summary>
    internal abstract void Schedule(IThreadPoolWorkItem item);
}
