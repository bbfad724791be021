using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Grains.Tests.InMemory;

/// <summary>Bugs that callers are answered as an outage are counted, and logged once per kind and minute.</summary>
public sealed class UnexpectedFaultsTests
{
    private readonly ManualClock _clock = new(Engine.Start);
    private readonly Lines _lines = new();

    [Fact]
    public void Faults_OfOneKind_AreLoggedOnceAMinuteWithTheirStack_AndCountedAll()
    {
        var faults = new UnexpectedFaults(_clock, _lines);
        for (var i = 0; i < 5; i++) Assert.True(faults.Note(new InvalidOperationException("bug"), "a check"));
        faults.Note(new InvalidOperationException("bug"), "a post");
        faults.Note(new ArgumentNullException("bug"), "a check");
        Assert.Equal(["a check 0 InvalidOperationException", "a post 0 InvalidOperationException", "a check 0 ArgumentNullException"], _lines.Written);

        _clock.Advance(UnexpectedFaults.LogEvery);
        faults.Note(new InvalidOperationException("bug"), "a check");

        Assert.Equal("a check 4 InvalidOperationException", _lines.Written[^1]);
        Assert.Equal(8, faults.Count);
    }

    [Fact]
    public void Fault_ThatPassesSeveralCatches_IsOne()
    {
        var faults = new UnexpectedFaults(_clock, _lines);
        var bug = new InvalidOperationException("bug");

        Assert.True(faults.Note(bug, "the ask of an owner"));
        Assert.True(faults.Note(bug, "the ask of an ancestor"));

        Assert.Equal(1, faults.Count);
        Assert.Single(_lines.Written);
    }

    [Fact]
    public void Outage_IsNoFault()
    {
        var faults = new UnexpectedFaults(_clock, _lines);
        foreach (var expected in new Exception[] { new LedgerUnavailableException("away"), new LedgerContentionException("again"), new TimeoutException(), new OperationCanceledException(), new OrleansException("gone") })
        {
            Assert.False(faults.Note(expected, "a check"));
        }

        Assert.Equal(0, faults.Count);
        Assert.Empty(_lines.Written);
    }

    [Fact]
    public void Kinds_BeyondTheMost_AreOne()
    {
        var faults = new UnexpectedFaults(_clock, _lines);
        for (var i = 0; i < UnexpectedFaults.MaxKinds + 50; i++) faults.Note(new InvalidOperationException("bug"), $"place {i}");

        Assert.Equal(UnexpectedFaults.MaxKinds + 1, _lines.Written.Count);
        Assert.Equal(UnexpectedFaults.MaxKinds + 50, faults.Count);
    }

    private sealed class Lines : ILogger<UnexpectedFaults>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = ((IReadOnlyList<KeyValuePair<string, object?>>)state!).ToDictionary(p => p.Key, p => p.Value);
            Written.Add($"{values["Where"]} {values["Silent"]} {exception!.GetType().Name}");
        }
    }
}
