using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Hosting;
using Orleans.CodeGeneration;
using Orleans.Serialization.Invocation;

namespace BudgetEngine.SimulatedSilo.Calls;

/// <summary>A call of a grain method: the invokable that Orleans' generated reference has filled in, on its way to an activation.</summary>
internal sealed class GrainCall : Activations.Request, IGrainMessage, IThreadPoolWorkItem
{
    // As in Orleans; more would mean a grain that ends itself whenever it begins.
    private const int MaxForwards = 2;

    private readonly InvokeMethodOptions _options;
    private readonly string _key;
    private readonly List<IInvokable> _started = [];
    private GrainTable _table;
    private IInvokable _body;
    private Reply? _reply;
    private int _forwards;

    internal GrainCall(GrainTable table, string key, IInvokable body, InvokeMethodOptions options)
    {
        Origin = table.Silo;
        _table = table;
        _key = key;
        _body = body;
        _options = options;
    }

    internal InProcessSilo Origin { get; }

    internal override bool AlwaysInterleaves => (_options & InvokeMethodOptions.AlwaysInterleave) != 0;

    internal override bool IsReadOnly => (_options & InvokeMethodOptions.ReadOnly) != 0;

    InProcessSilo IGrainMessage.From => Origin;

    bool IGrainMessage.IsReply => false;

    public bool IsOneWay => (_options & InvokeMethodOptions.OneWay) != 0;

    public Type Interface => _body.GetInterfaceType();

    public string Method => _body.GetMethodName();

    public string Key => _key;

    /// <summary>Sends the call; the reply, if somebody waits for it, hears of its end.</summary>
    internal void Send(Reply? reply)
    {
        var token = _body.GetCancellationToken();
        _reply = reply;
        if (reply is not null)
        {
            reply.Call = this;
            if (token.IsCancellationRequested)
            {
                reply.Fail(new OperationCanceledException(token));
                return;
            }

            Origin.Pending.Add(reply);
            reply.CancelWith(token);
        }

        Origin.Options.Delivery.Deliver(this);
    }

    /// <summary>The caller has cancelled: whoever works on the call hears of it.</summary>
    internal void Cancel()
    {
        IInvokable[] started;
        lock (_started) started = [.. _started];
        foreach (var body in started) body.TryCancel();
    }

    /// <summary>Hands the call to the activation that is there, or to a new one.</summary>
    private void Accept()
    {
        while (true)
        {
            var activation = _table.FindOrAdd(_key);
            if (activation is null)
            {
                Answer(Response.FromException(new SiloUnavailableException($"The silo is stopping and takes no {this}.")));
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

        _body.SetTarget(Target!);
        lock (_started) _started.Add(_body);
        var outcome = _body.Invoke();
        if (outcome.IsCompleted) End(outcome.Result);
        else _ = EndLater(outcome);
    }

    // The generated code never throws: it answers a response with the exception.
    private async Task EndLater(ValueTask<Response> outcome) => End(await outcome);

    private void End(Response response)
    {
        if (_reply is not null) Answer(response);
        else if (IsOneWay && response.Exception is { } lost) Origin.Log.OneWayFailed(lost, this);
        Target!.OnEnded(this);
    }

    private void Answer(Response response)
    {
        if (_reply is not null) Origin.Options.Delivery.Deliver(new ReplyMessage(this, _reply, response, _table.Silo));
    }

    internal override void Return(Exception? error)
    {
        if (error is null && _forwards++ < MaxForwards)
        {
            Accept();
            return;
        }

        Answer(Response.FromException(error ?? new SiloUnavailableException($"{this} was forwarded {MaxForwards} times and found no activation.")));
    }

    void IGrainMessage.Deliver() => DeliverTo(Origin);

    /// <summary>Every delivery is a call of its own, with an invokable of its own; they share the reply.</summary>
    public void DeliverTo(InProcessSilo silo)
    {
        var delivered = (GrainCall)MemberwiseClone();
        delivered._table = silo.TableOf(_table.GrainClass);
        delivered._body = silo.Copier.Copy(_body);
        silo.Scheduler.Schedule(delivered);
    }

    void IThreadPoolWorkItem.Execute() => Accept();

    public override string ToString() => $"call {_body.GetInterfaceName()}.{_body.GetMethodName()} of {_table.GrainClass.Name}/{_key}";
}
