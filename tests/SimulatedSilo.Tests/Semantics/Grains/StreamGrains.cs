using Orleans.Streams;
using Orleans.Streams.Core;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

[GenerateSerializer]
[Alias("tests.happening")]
public sealed record Happening([property: Id(0)] string What);

public interface IPublisherGrain : IGrainWithStringKey
{
    Task Publish(string ns, string key, string what);
}

public sealed class PublisherGrain(IGrainContext context) : Grain(context), IPublisherGrain
{
    public Task Publish(string ns, string key, string what) =>
        this.GetStreamProvider(SiloFixture.StreamProvider).GetStream<Happening>(StreamId.Create(ns, key)).OnNextAsync(new(what));
}

public interface IConsumerGrain : IGrainWithStringKey;

/// <summary>Takes events; the first one of a key that begins with "retries" only at the second try.</summary>
[ImplicitStreamSubscription("heard")]
public sealed class ConsumerGrain(IGrainContext context) : Grain(context), IConsumerGrain, IStreamSubscriptionObserver, IAsyncObserver<Happening>
{
    private Journal Journal => Journal.Of(this.GetPrimaryKeyString());

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory)
    {
        Journal.Write($"subscribed {handleFactory.StreamId.GetKeyAsString()}");
        await handleFactory.Create<Happening>().ResumeAsync(this);
    }

    public async Task OnNextAsync(Happening item, StreamSequenceToken? token = null)
    {
        if (this.GetPrimaryKeyString().StartsWith("retries", StringComparison.Ordinal) && !Journal.Entries.Contains("refused"))
        {
            Journal.Write("refused");
            throw new ProbeException("not yet");
        }

        Journal.Write($"{item.What} begins");
        await Task.Yield();
        Journal.Write($"{item.What} ends");
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}

/// <summary>Hears of its subscription but resumes only from the second event on.</summary>
[ImplicitStreamSubscription("half-heard")]
public sealed class HesitantGrain(IGrainContext context) : Grain(context), IConsumerGrain, IStreamSubscriptionObserver, IAsyncObserver<Happening>
{
    private Journal Journal => Journal.Of(this.GetPrimaryKeyString());

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory)
    {
        Journal.Write("subscribed");
        if (Journal.Entries.Count > 1) await handleFactory.Create<Happening>().ResumeAsync(this);
    }

    public Task OnNextAsync(Happening item, StreamSequenceToken? token = null)
    {
        Journal.Write(item.What);
        return Task.CompletedTask;
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
}
