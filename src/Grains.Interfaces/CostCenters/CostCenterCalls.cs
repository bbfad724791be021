namespace BudgetEngine.Grains.Interfaces.CostCenters;

/// <summary>Calls cost centers, wherever in the cluster they are: by grain calls.</summary>
public class CostCenterCalls(IGrainFactory grains, TimeProvider clock, UnexpectedFaults? faults = null)
{
    /// <summary>For calls that ended in a way in which none should.</summary>
    public UnexpectedFaults Faults { get; } = faults ?? new UnexpectedFaults(clock);

    /// <summary>Calls one cost center.</summary>
    /// <param name="costCenter">Its path.</param>
    /// <param name="request">What the call takes, so that <paramref name="call"/> can be static.</param>
    /// <param name="call">The call itself.</param>
    /// <param name="within">How long to wait for the reply; null: as long as the call takes by itself, and a message at most Orleans' response time-out.</param>
    /// <exception cref="TimeoutException">There was no reply in time; the call goes on, and its effect is unknown.</exception>
    public virtual Task<TReply> CallAsync<TRequest, TReply>(
        string costCenter, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call, TimeSpan? within = null) =>
        Limit(call(grains.GetGrain<ICostCenterGrain>(costCenter), request), within);

    /// <summary>Whether a call is known to bring this cost center into the memory of this process first.</summary>
    public virtual bool IsCold(string costCenter) => false;

    /// <summary>Waits for a reply no longer than this.</summary>
    protected internal Task<TReply> Limit<TReply>(Task<TReply> reply, TimeSpan? within) => within is not { } limit || reply.IsCompleted ? reply : reply.WaitAsync(limit, clock);
}
