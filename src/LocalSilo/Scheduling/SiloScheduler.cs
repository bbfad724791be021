namespace BudgetEngine.LocalSilo.Scheduling;

/// <summary>Decides when and where the turns of all activations run.</summary>
public abstract class SiloScheduler
{
    private protected SiloScheduler()
    {
    }

    /// <summary>The thread pool; a call to an idle activation runs on the thread of its caller.</summary>
    public static SiloScheduler Threads { get; } = new ThreadScheduler();

    /// <summary>The clock of silos on this scheduler, unless they are given another.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>Where code runs that belongs to no activation.</summary>
    internal abstract TaskScheduler Outside { get; }

    /// <summary>Whether a caller may run the turn of an idle activation itself, and messages need no journey.</summary>
    internal abstract bool RunsInline { get; }

    /// <summary>How many turns an activation runs before others get the thread.</summary>
    internal abstract int TurnsPerSlice { get; }

    /// <summary>How a reply must be made so that its continuations run where this scheduler wants them.</summary>
    internal abstract TaskCreationOptions ReplyOptions { get; }

    /// <summary>Runs an activation that has turns, or carries a message, some time soon.</summary>
    internal abstract void Schedule(IThreadPoolWorkItem item);
}
