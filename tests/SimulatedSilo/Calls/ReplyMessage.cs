using BudgetEngine.SimulatedSilo.Hosting;
using Orleans.Serialization.Invocation;

namespace BudgetEngine.SimulatedSilo.Calls;

/// <summary>The answer to a call on its way back.</summary>
internal sealed class ReplyMessage(GrainCall call, Reply reply, Response response, InProcessSilo from) : IGrainMessage, IThreadPoolWorkItem
{
    public InProcessSilo From => from;

    public bool IsReply => true;

    public bool IsOneWay => false;

    public Type Interface => call.Interface;

    public string Method => call.Method;

    public string Key => call.Key;

    public void Deliver() => call.Origin.Scheduler.Schedule(this);

    public void DeliverTo(InProcessSilo silo) => throw new InvalidOperationException("A reply goes to the caller and nowhere else.");

    void IThreadPoolWorkItem.Execute() => reply.Complete(call.Origin.Copier.Copy(response));

    public override string ToString() => $"reply to {call}";
}
