using BudgetEngine.SimulatedSilo.Calls;
using BudgetEngine.SimulatedSilo.Hosting;
using BudgetEngine.SimulatedSilo.Scheduling;

namespace BudgetEngine.SimulatedSilo.Tests.Silo;

public sealed class DeliveryTests
{
    private readonly SimulationScheduler _simulation = new(1);

    [Fact]
    public void Call_NeverDelivered_TimesOutAndNeverRuns()
    {
        var lost = 1;
        var silo = SiloWith(message =>
        {
            if (message.IsReply || lost-- <= 0) message.Deliver();
        });

        var count = _simulation.Run(async () =>
        {
            await Assert.ThrowsAsync<TimeoutException>(() => silo.Worker("w").Count());
            return await silo.Worker("w").Count();
        });

        Assert.Equal(1, count);
    }

    [Fact]
    public void Reply_NeverDelivered_TimesOutThoughTheCallHasRun()
    {
        var lost = 1;
        var silo = SiloWith(message =>
        {
            if (!message.IsReply || lost-- <= 0) message.Deliver();
        });

        var count = _simulation.Run(async () =>
        {
            await Assert.ThrowsAsync<TimeoutException>(() => silo.Worker("w").Count());
            return await silo.Worker("w").Count();
        });

        Assert.Equal(2, count);
    }

    [Fact]
    public void Call_DeliveredTwice_RunsTwiceAndAnswersOnce()
    {
        var silo = SiloWith(message =>
        {
            message.Deliver();
            if (message is { IsReply: false, Method: nameof(IWorkerGrain.Append) }) message.Deliver();
        });

        var entries = _simulation.Run(async () =>
        {
            await silo.Worker("w").Append("a");
            await Task.Delay(TimeSpan.FromSeconds(1), _simulation.Time);
            return await silo.Worker("w").Entries();
        });

        Assert.Equal("a,a", entries);
    }

    [Fact]
    public void Call_DeliveredLater_RunsThen()
    {
        var silo = SiloWith(message => _ = _simulation.Time.CreateTimer(_ => message.Deliver(), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan));
        var start = _simulation.Time.GetUtcNow();

        _simulation.Run(() => silo.Worker("w").Count());

        Assert.Equal(TimeSpan.FromSeconds(6), _simulation.Time.GetUtcNow() - start);
    }

    [Fact]
    public void Call_DeliveredToAnotherSilo_FindsASecondActivation()
    {
        var other = Silos.In(_simulation);
        var elsewhere = false;
        var silo = SiloWith(message =>
        {
            if (elsewhere && !message.IsReply) message.DeliverTo(other);
            else message.Deliver();
        });

        var counts = _simulation.Run(async () =>
        {
            await silo.Worker("w").Count();
            elsewhere = true;
            var second = await silo.Worker("w").Count();
            elsewhere = false;
            return (second, await silo.Worker("w").Count());
        });

        Assert.Equal((1, 2), counts);
        Assert.Equal(1, other.ActivationCount);
    }

    [Fact]
    public void Message_OnItsWay_SaysWhatItIs()
    {
        var seen = new List<string>();
        var silo = SiloWith(message =>
        {
            seen.Add($"{message.IsReply} {message.IsOneWay} {message.Interface.Name}.{message.Method} {message.Key}");
            message.Deliver();
        });

        _simulation.Run(async () =>
        {
            await silo.Worker("w").Count();
            await silo.Worker("v").Fire();
        });

        Assert.Equal(["False False IWorkerGrain.Count w", "True False IWorkerGrain.Count w", "False True IWorkerGrain.Fire v"], seen);
    }

    [Fact]
    public async Task Call_WithAHookOnThreads_GoesThroughIt()
    {
        var delivery = new Hook(static message => message.Deliver());
        await using var silo = Silos.OnThreads(options => options.Delivery = delivery);

        Assert.Equal(1, await silo.Worker("w").Count());
        Assert.Equal(2, delivery.Messages);
    }

    private InProcessSilo SiloWith(Action<IGrainMessage> deliver) => Silos.In(_simulation, options => options.Delivery = new Hook(deliver));

    private sealed class Hook(Action<IGrainMessage> deliver) : IMessageDelivery
    {
        public int Messages { get; private set; }

        public void Deliver(IGrainMessage message)
        {
            Messages++;
            deliver(message);
        }
    }
}
