using BudgetEngine.LocalSilo.Activations;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The base of every grain class.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>A grain made by hand (in a unit test) has no context and can use no part of the runtime.</summary>
    protected Grain() => GrainContext = Beginning.Constructing!;

    /// <summary>The activation that holds this instance.</summary>
    public IGrainContext GrainContext { get; }

    /// <summary>Makes references to other grains.</summary>
    protected IGrainFactory GrainFactory => this.Activation().Silo;

    /// <summary>Runs after construction and before the first call.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last call, but not after a crash.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation as soon as no call runs; no new call starts from here on.</summary>
    protected void DeactivateOnIdle() =>
        GrainContext.Deactivate(new(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateOnIdle)} was called."));

    /// <summary>Keeps this activation from idle collection for a while; zero or less withdraws that.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => this.Activation().DelayDeactivation(timeSpan);
}
