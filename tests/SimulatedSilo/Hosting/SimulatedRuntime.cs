using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Calls;
using Microsoft.Extensions.DependencyInjection;
using Orleans.CodeGeneration;
using Orleans.Core;
using Orleans.Serialization.Invocation;
using Orleans.Streams;
using Orleans.Timers;

namespace BudgetEngine.SimulatedSilo.Hosting;

/// <summary>What Grain asks of its runtime.</summary>
internal sealed class SimulatedRuntime(InProcessSilo silo) : IGrainRuntime, ITimerRegistry, IGrainReferenceRuntime, IKeyedServiceProvider
{
    public string SiloIdentity => silo.Address.ToString();

    public SiloAddress SiloAddress => silo.Address;

    public IGrainFactory GrainFactory => silo;

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => this;

    public TimeProvider TimeProvider => silo.Time;

    public void DeactivateOnIdle(IGrainContext grainContext) =>
        grainContext.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((Activation)grainContext).DelayDeactivation(timeSpan);

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();

    public IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) =>
        ((Activation)grainContext).AddTimer(token => callback(state, token), options);

    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

    // References: the ones that Orleans generated.
    public ValueTask<T?> InvokeMethodAsync<T>(GrainReference reference, IInvokable request, InvokeMethodOptions options)
    {
        if ((options & InvokeMethodOptions.OneWay) != 0) return SendOneWay<T>(reference, request, options);
        var reply = new Reply<T>(silo.Scheduler.ReplyOptions);
        CallOf(reference, request, options).Send(reply);
        return reply.Result;
    }

    public ValueTask InvokeMethodAsync(GrainReference reference, IInvokable request, InvokeMethodOptions options)
    {
        if ((options & InvokeMethodOptions.OneWay) != 0)
        {
            CallOf(reference, request, options).Send(null);
            return default;
        }

        var reply = new Reply<Nothing>(silo.Scheduler.ReplyOptions);
        CallOf(reference, request, options).Send(reply);
        return reply.End;
    }

    public void InvokeMethod(GrainReference reference, IInvokable request, InvokeMethodOptions options) => CallOf(reference, request, options).Send(null);

    private ValueTask<T?> SendOneWay<T>(GrainReference reference, IInvokable request, InvokeMethodOptions options)
    {
        CallOf(reference, request, options).Send(null);
        return default;
    }

    public object Cast(IAddressable grain, Type interfaceType) => interfaceType.IsInstanceOfType(grain) ? grain : throw new NotSupportedException();

    // What of the container a grain sees.
    public object? GetService(Type serviceType) =>
        serviceType == typeof(IGrainRuntime) || serviceType == typeof(ITimerRegistry) ? this
        : serviceType == typeof(IGrainFactory) ? silo
        : silo.Services.GetService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) =>
        serviceType == typeof(IStreamProvider) && serviceKey is string name ? silo.Streams(name) : ((IKeyedServiceProvider)silo.Services).GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        GetKeyedService(serviceType, serviceKey) ?? throw new InvalidOperationException($"There is no {serviceType} {serviceKey}.");

    private GrainCall CallOf(GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        new(silo.TableOf(reference.GrainId.Type), reference.GrainId.Key.ToString()!, request, options);
}
