using System.Runtime.CompilerServices;
using BudgetEngine.LocalSilo.Activations;
using BudgetEngine.LocalSilo.Hosting;
using Orleans.Runtime;
using Orleans.Streams;

namespace BudgetEngine.LocalSilo.Calls;

/// <summary>
/// A call of a grain method. On the fast path (threads, idle target, no hook) it runs on its caller's thread, and where it ends
/// there too the caller gets the grain's own task: no reply, no time-out, no queue.
/// </summary>
internal sealed class GrainCall : Request, IGrainMessage, IThreadPoolWorkItem
{
    // As in Orleans; more would mean a grain that ends itself whenever it begins.
    private const int MaxForwards = 2;

    /// <summary>
    /// How often a caller looks again whether a busy activation has become idle: under 1 µs in all. Turns are shorter than that, and a queue costs a hand-over to
    /// another thread. On one core whoever is busy could not go on meanwhile.
    /// </summary>
    private static readonly int MaxLooks = Environment.ProcessorCount > 1 ? 16 : 0;

    private readonly GrainMethod _method;
    private readonly string _key;
    private GrainTable _table;
    private object?[] _arguments;
    private Reply? _reply;
    private Task? _outcome;
    private int _forwards;

    internal GrainCall(GrainTable table, string key, GrainMethod method, object?[] arguments)
    {
        Origin = table.Silo;
        _table = table;
        _key = key;
        _method = method;
        _arguments = arguments;
    }

    internal InProcessSilo Origin { get; }

    internal ResultType ResultType => _method.Result;

    internal override bool AlwaysInterleaves => _method.AlwaysInterleaves;

    internal override bool IsReadOnly => _method.IsReadOnly;

    InProcessSilo IGrainMessage.From => Origin;

    bool IGrainMessage.IsReply => false;

    public bool IsOneWay => _method.IsOneWay;

    public Type Interface => _method.Interface;

    public string Method => _method.Name;

    public string Key => _key;

    /// <summary>Sends the call and answers what its caller awaits.</summary>
    internal Task Send()
    {
        var token = _method.TokenIndex >= 0 ? (CancellationToken)_arguments[_method.TokenIndex]! : default;
        if (token.IsCancellationRequested) return _method.Result.Failed(new OperationCanceledException(token));
        if (Origin.IsDirect && !IsOneWay && TryRunHere()) return _reply?.Task ?? _outcome!;
        if (!IsOneWay) AddReply(token);
        var answer = _reply?.Task ?? Task.CompletedTask;
        if (Origin.IsDirect) Accept();
        else Origin.Options.Delivery.Deliver(this);
        return answer;
    }

    // A chain of idle grains runs on one stack, so its depth has to be watched.
    private bool TryRunHere()
    {
        if (_table.Find(_key) is not { } activation || !RuntimeHelpers.TryEnsureSufficientExecutionStack() || !TryClaim(activation)) return false;
        activation.RunClaimed(this);
        return true;
    }

    private bool TryClaim(Activation activation)
    {
        for (var looks = 0; activation.IsBusy; looks++)
        {
            if (looks == MaxLooks) return false;
            Thread.SpinWait(1);
        }

        return activation.TryClaim(this);
    }

    private void AddReply(CancellationToken token)
    {
        var reply = _method.Result.NewReply(this, Origin.Scheduler.ReplyOptions);
        reply.Taker = Target;
        _reply = reply;
        Origin.Pending.Add(reply);
        reply.CancelWith(token);
    }

    /// <summary>Hands the call to the activation that is there, or to a new one.</summary>
    private void Accept()
    {
        while (true)
        {
            var activation = _table.FindOrAdd(_key);
            if (activation is null)
            {
                Answer(_method.Result.Failed(new SiloUnavailableException($"The silo is stopping and takes no {this}.")));
                return;
            }

            if (_reply is not null) _reply.Taker = activation;
            if (activation.TryEnqueue(this)) return;
            _table.Remove(activation);
        }
    }

    internal override void Start()
    {
        // Nobody waits any more: as in Orleans, a call that expired in a queue is dropped.
        if (_reply is { Task.IsCompleted: true })
        {
            Target!.OnEnded(this);
            return;
        }

        try
        {
            _outcome = _method.Invoke(Target!.GrainInstance!, _arguments);
        }
        catch (Exception exception)
        {
            _outcome = _method.Result.Failed(exception);
        }

        if (_outcome.IsCompleted)
        {
            End();
            return;
        }

        if (_reply is null && !IsOneWay) AddReply(_method.TokenIndex >= 0 ? (CancellationToken)_arguments[_method.TokenIndex]! : default);
        _ = EndLater();
    }

    private async Task EndLater()
    {
        await _outcome!.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        End();
    }

    private void End()
    {
        if (_reply is not null) Answer(_outcome!);
        else if (IsOneWay && _outcome!.Exception is { } lost) Origin.Log.OneWayFailed(lost.InnerException!, this);
        Target!.OnEnded(this);
    }

    private void Answer(Task outcome)
    {
        if (_reply is null) return;
        if (Origin.IsDirect) _reply.Complete(outcome);
        else Origin.Options.Delivery.Deliver(new ReplyMessage(this, _reply, outcome, _table.Silo));
    }

    internal override void Return(Exception? error)
    {
        if (error is null && _forwards++ < MaxForwards)
        {
            Accept();
            return;
        }

        Answer(_method.Result.Failed(error ?? new OrleansMessageRejectionException($"{this} was forwarded {MaxForwards} times and found no activation.")));
    }

    void IGrainMessage.Deliver() => DeliverTo(Origin);

    /// <summary>Every delivery is a call of its own, with its own copy of the arguments; they share the reply.</summary>
    public void DeliverTo(InProcessSilo silo)
    {
        var delivered = (GrainCall)MemberwiseClone();
        delivered._table = silo.TableOf(_table.GrainClass);
        if (silo.Copier is { } copier)
        {
            delivered._arguments = [.. _arguments.Select((argument, i) => IsPassedOn(argument) ? argument : copier.Copy(argument, _method.Parameters[i]))];
        }

        silo.Scheduler.Schedule(delivered);
    }

    private static bool IsPassedOn(object? argument) => argument is null or CancellationToken or IAddressable or StreamSequenceToken;

    void IThreadPoolWorkItem.Execute() => Accept();

    public override string ToString() => $"call {_method} of {_table.GrainClass.Name}/{_key}";
}
