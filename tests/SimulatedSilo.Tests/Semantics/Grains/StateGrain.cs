namespace BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

[GenerateSerializer]
public sealed class Counter
{
    [Id(0)]
    public int Value { get; set; }
}

public interface IStateGrain : IGrainWithStringKey
{
    Task<int> AddAndEnd();

    Task Clear();

    Task<(int Value, bool Exists)> Look();
}

public sealed class StateGrain(IGrainContext context, [PersistentState("counter")] IPersistentState<Counter> counter) : Grain(context), IStateGrain
{
    private int _atActivation;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _atActivation = counter.State.Value;
        return Task.CompletedTask;
    }

    public async Task<int> AddAndEnd()
    {
        counter.State.Value = _atActivation + 1;
        await counter.WriteStateAsync();
        DeactivateOnIdle();
        return counter.State.Value;
    }

    public Task Clear() => counter.ClearStateAsync();

    public Task<(int Value, bool Exists)> Look() => Task.FromResult((counter.State.Value, counter.RecordExists));
}
