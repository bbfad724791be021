using BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

public abstract class StreamTests(SiloFixture silo) : SemanticTest(silo)
{
    private IPublisherGrain Publisher => Grains.GetGrain<IPublisherGrain>("publisher");

    [Fact]
    public async Task Event_OnAStream_ReachesTheGrainWithItsKey()
    {
        var key = NewKey();
        await Publisher.Publish("heard", key, "event");
        await JournalOf(key).Has("event ends");

        Assert.Equal([$"subscribed {key}", "event begins", "event ends"], JournalOf(key).Entries);
    }

    [Fact]
    public async Task Events_OfOneStream_ComeOneByOneInOrder()
    {
        var key = NewKey();
        for (var i = 0; i < 10; i++) await Publisher.Publish("heard", key, $"{i}");
        await JournalOf(key).Has("9 ends");

        Assert.Equal(Enumerable.Range(0, 10).SelectMany(i => new[] { $"{i} begins", $"{i} ends" }), JournalOf(key).Entries.Skip(1));
    }

    [Fact]
    public async Task Event_ThatTheConsumerRefuses_ComesAgain()
    {
        var key = NewKey("retries-");
        await Publisher.Publish("heard", key, "event");
        await JournalOf(key).Has("event ends");

        Assert.Contains("refused", JournalOf(key).Entries);
    }

    [Fact]
    public async Task Event_ThatNobodyResumedFor_IsLost()
    {
        var key = NewKey();
        await Publisher.Publish("half-heard", key, "first");
        await JournalOf(key).Has("subscribed");
        await Publisher.Publish("half-heard", key, "second");
        await JournalOf(key).Has("second");

        Assert.Equal(["subscribed", "subscribed", "second"], JournalOf(key).Entries);
    }
}
