using BudgetEngine.SimulatedSilo.Calls;
using BudgetEngine.Simulation.Checks;

namespace BudgetEngine.Simulation.Cluster;

/// <summary>Carries the calls of one process and their replies: within the process at once, to others as the plan's faults have it.</summary>
internal sealed class Network(World world, EngineProcess caller) : IMessageDelivery
{
    public void Deliver(IGrainMessage message)
    {
        if (message.IsReply)
        {
            var from = world.ProcessOf(message.From);
            Carry(from, caller, message.Deliver, world.Faults?.ReplyLoss ?? 0, () => $"reply to {message.Method} {message.Key}");
            return;
        }

        var host = world.Directory.HostOf(message.Key, caller);
        Carry(caller, host, () => message.DeliverTo(host.Silo), world.Faults?.Loss ?? 0, () => $"{message.Method} {message.Key}");
    }

    /// <summary>An event of a stream: it promises less than a call, and may be lost or come twice within a process too.</summary>
    public void Ring(string channel)
    {
        var host = world.Directory.HostOf(channel, caller);
        var (plan, dice) = (world.Faults, world.Dice);
        if (plan is not null && dice.Percent(plan.RingLoss)) return;
        Carry(caller, host, () => host.Ring(channel), plan?.Loss ?? 0, () => $"ring {channel}");
        if (plan is null || !dice.Percent(plan.Duplicates)) return;
        world.Reach(Sometimes.ChannelRungTwice);
        Carry(caller, host, () => host.Ring(channel), plan.Loss, () => $"ring {channel}");
    }

    private void Carry(EngineProcess from, EngineProcess to, Action deliver, int loss, Func<string> what)
    {
        if (from == to)
        {
            deliver();
            return;
        }

        var (plan, dice) = (world.Faults, world.Dice);
        if (from.IsIsolated || to.IsIsolated || dice.Percent(loss))
        {
            world.Log(() => $"lost: {what()} {from.Name} -> {to.Name}");
            return;
        }

        Send();
        if (plan is not null && dice.Percent(plan.Duplicates)) Send();

        void Send()
        {
            if (plan is null || !dice.Percent(plan.Delay))
            {
                deliver();
                return;
            }

            var delay = dice.Millis(1, plan.InTime ? 4_000 : dice.OneIn(8) ? 20_000 : 2_000);
            world.AnswersOutlivedTheirCalls |= delay > TimeSpan.FromSeconds(4);
            world.After(delay, deliver);
        }
    }
}
