using BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

public abstract class ReentrancyTests(SiloFixture silo) : SemanticTest(silo)
{
    private readonly string _key = NewKey();
    private readonly string _first = NewKey("first-");
    private readonly string _second = NewKey("second-");

    private IProbeGrain Plain => Grains.GetGrain<IProbeGrain>(_key, typeof(ProbeGrain).FullName);

    private Journal Journal => JournalOf(_key);

    [Fact]
    public async Task Call_ToABusyGrain_WaitsForTheFirst()
    {
        var hold = Plain.Hold(_first);
        await Journal.Has($"{_first} begins");
        var note = Plain.Note("note");
        await Plain.Interleave("interleaved");
        Assert.DoesNotContain("note", Journal.Entries);

        Gate.Open(_first);
        await Task.WhenAll(hold, note);

        Assert.Equal([$"{_first} begins", "interleaved", $"{_first} ends", "note"], Journal.Entries.Skip(2));
    }

    [Fact]
    public async Task Call_ToABusyReentrantGrain_RunsAtItsAwait()
    {
        var grain = Grains.GetGrain<IReentrantProbeGrain>(_key);
        var hold = grain.Hold(_first);
        await Journal.Has($"{_first} begins");
        await grain.Note("note");

        Gate.Open(_first);
        await hold;

        Assert.Equal([$"{_first} begins", "note", $"{_first} ends"], Journal.Entries.Skip(2));
    }

    [Fact]
    public async Task ReadOnly_BesideAnother_Interleaves()
    {
        var first = Plain.Read(_first);
        await Journal.Has($"{_first} begins");
        var second = Plain.Read(_second);
        await Journal.Has($"{_second} begins");

        Gate.Open(_first);
        Gate.Open(_second);
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task ReadOnly_BesideAWriter_Waits()
    {
        var write = Plain.Hold(_first);
        await Journal.Has($"{_first} begins");
        var read = Plain.Read(_second);
        await Plain.Interleave("interleaved");
        Gate.Open(_second);
        Gate.Open(_first);
        await Task.WhenAll(write, read);

        Assert.Equal([$"{_first} begins", "interleaved", $"{_first} ends", $"{_second} begins", $"{_second} ends"], Journal.Entries.Skip(2));
    }

    [Fact]
    public async Task Writer_BesideAReadOnly_Waits()
    {
        var read = Plain.Read(_first);
        await Journal.Has($"{_first} begins");
        var write = Plain.Note("note");
        await Plain.Interleave("interleaved");
        Gate.Open(_first);
        await Task.WhenAll(read, write);

        Assert.Equal([$"{_first} begins", "interleaved", $"{_first} ends", "note"], Journal.Entries.Skip(2));
    }

    [Fact]
    public async Task Writer_WhenTheFirstOfTwoReadOnlyHasEnded_WaitsForTheSecond()
    {
        var first = Plain.Read(_first);
        await Journal.Has($"{_first} begins");
        var second = Plain.Read(_second);
        await Journal.Has($"{_second} begins");
        Gate.Open(_first);
        await first;

        var write = Plain.Note("note");
        await Plain.Interleave("interleaved");
        Gate.Open(_second);
        await Task.WhenAll(second, write);

        Assert.Equal(["interleaved", $"{_second} ends", "note"], Journal.Entries.TakeLast(3));
    }

    [Fact]
    public async Task Call_OfAGrainToItself_TimesOut()
    {
        await Assert.ThrowsAsync<TimeoutException>(Plain.CallSelf);
    }
}
