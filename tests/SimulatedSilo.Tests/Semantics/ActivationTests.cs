using BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

public abstract class ActivationTests(SiloFixture silo) : SemanticTest(silo)
{
    [Fact]
    public async Task Call_DuringActivation_WaitsForItsEnd()
    {
        var key = NewKey("slow-");
        var grain = Grains.GetGrain<IFragileGrain>(key);
        var calls = Task.WhenAll(grain.Note("one"), grain.Note("two"));
        await JournalOf(key).Has("activation begins");
        Gate.Open(key);
        await calls;

        Assert.Equal(["activation begins", "activation ends"], JournalOf(key).Entries.Take(2));
    }

    [Fact]
    public async Task Activation_ThatFails_RejectsWhatIsQueuedWithItsException()
    {
        // A call that arrives just after the failure begins the next activation instead, and is answered by it: then it is tried with another grain, whose calls get twice the time to arrive.
        for (var arrivedLate = 0; ; arrivedLate++)
        {
            var key = NewKey("fails-");
            var grain = Grains.GetGrain<IFragileGrain>(key);
            var one = grain.Note("one");
            var two = grain.Note("two");
            await JournalOf(key).Has("activation begins");
            if (arrivedLate > 0) await Task.Delay(1 << arrivedLate);
            Gate.Open(key);

            Exception?[] failed = [await Record.ExceptionAsync(() => one), await Record.ExceptionAsync(() => two)];
            Assert.Contains(failed, f => f is ProbeException { Message: "no beginning" });
            Assert.DoesNotContain("deactivation begins", JournalOf(key).Entries);
            // Either of them: Orleans keeps no order between two calls of a client.
            if (failed.Contains(null) && arrivedLate < 12) continue;
            Assert.All(failed, f => Assert.IsType<ProbeException>(f));
            return;
        }
    }

    [Fact]
    public async Task Activation_AfterOneThatFailed_IsTriedAnew()
    {
        var key = NewKey("fails-");
        var grain = Grains.GetGrain<IFragileGrain>(key);
        Gate.Open(key);
        await Assert.ThrowsAsync<ProbeException>(() => grain.Note("one"));

        await grain.Note("two");

        Assert.Equal(["activation begins", "activation begins", "activation ends", "two"], JournalOf(key).Entries);
    }

    [Fact]
    public async Task Activation_ThatFailsAtOnce_RejectsTheCall()
    {
        await Assert.ThrowsAsync<ProbeException>(() => Grains.GetGrain<IFragileGrain>(NewKey("fails-at-once-")).Note("note"));
    }

    [Fact]
    public async Task Constructor_ThatThrows_RejectsTheCall()
    {
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => Grains.GetGrain<IUnbornGrain>(NewKey()).Note("note"));
        Assert.Contains("no constructor", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Activation_ThatEndsItselfEachTime_RejectsTheCallAfterTwoForwards()
    {
        var key = NewKey("ends-itself-");

        await Assert.ThrowsAnyAsync<OrleansException>(() => Grains.GetGrain<IFragileGrain>(key).Note("note"));

        Assert.Equal(3, JournalOf(key).Entries.Count(e => e == "activation begins"));
        Assert.DoesNotContain("note", JournalOf(key).Entries);
    }
}
