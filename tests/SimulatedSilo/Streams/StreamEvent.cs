using System.Reflection;
using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Calls;
using Orleans.CodeGeneration;
using Orleans.Serialization.Invocation;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace BudgetEngine.SimulatedSilo.Streams;

/// <summary>An event that waits for its consumer.</summary>
internal abstract class StreamEvent
{
    /// <summary>Offers it to the grain that has the stream's key, as a call like any other.</summary>
    internal abstract Task Offer(GrainTable table);
}

internal sealed class StreamEvent<T>(T item, MemoryStreamToken token) : StreamEvent
{
    internal override Task Offer(GrainTable table)
    {
        var reply = new Reply<Nothing>(table.Silo.Scheduler.ReplyOptions);
        new GrainCall(table, token.Stream.GetKeyAsString(), new StreamRequest<T>(item, token), InvokeMethodOptions.None).Send(reply);
        return reply.Task;
    }
}

internal interface IStreamRequest
{
    IInvokable CopyWith(MessageCopier copier);
}

/// <summary>Takes an event to the observer of an activation, which it makes if need be.</summary>
internal sealed class StreamRequest<T>(T item, MemoryStreamToken token) : Orleans.Runtime.Request, IStreamRequest
{
    private Activation _activation = null!;

    public IInvokable CopyWith(MessageCopier copier) => new StreamRequest<T>(copier.Item(item), token);

    protected override async ValueTask InvokeInner()
    {
        var grain = (IGrainBase)_activation.GrainInstance!;
        if (_activation.ObserverOf(token) is null && grain is IStreamSubscriptionObserver subscriber) await subscriber.OnSubscribed(new Subscription(_activation, token));
        if (_activation.ObserverOf(token) is { } observer) await ((IAsyncObserver<T>)observer).OnNextAsync(item, token);
        else _activation.Silo.Log.EventLost(token.Stream, _activation);
    }

    public override void SetTarget(ITargetHolder holder) => _activation = (Activation)holder;

    public override object GetTarget() => _activation.GrainInstance!;

    public override string GetMethodName() => nameof(IAsyncObserver<T>.OnNextAsync);

    public override string GetInterfaceName() => nameof(IAsyncObserver<T>);

    public override string GetActivityName() => GetMethodName();

    public override Type GetInterfaceType() => typeof(IAsyncObserver<T>);

    public override MethodInfo GetMethod() => throw new NotSupportedException();

    public override void Dispose()
    {
    }
}
