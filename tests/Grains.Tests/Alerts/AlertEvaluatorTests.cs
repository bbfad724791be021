using System.Collections.Concurrent;
using BudgetEngine.Alerts;
using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetEngine.Grains.Tests.Alerts;

/// <summary>A doorbell that does not answer, or fails, keeps no other channel waiting.</summary>
public sealed class AlertEvaluatorTests : EngineTest
{
    [Fact]
    public async Task Ring_OfAChannelThatDoesNotAnswer_KeepsNoOtherWaiting()
    {
        var never = new TaskCompletionSource();
        var bell = new Bell { ["hangs"] = () => never.Task, ["fails"] = () => throw new InvalidOperationException("The test broke the bell."), ["rings"] = () => Task.CompletedTask };
        var evaluator = new AlertEvaluator(Engine.Store.Evaluations, Engine.Catalog, bell, new AlertOptions(), Engine.Options, Clock, NullLogger<AlertEvaluator>.Instance);

        var ringing = evaluator.RingAsync(["hangs", "fails", "rings"]);

        Assert.Equal(["fails", "hangs", "rings"], bell.Rung.Order());
        Assert.False(ringing.IsCompleted);
        never.SetResult();
        await ringing.Within("the end of all rings");
    }

    private sealed class Bell : Dictionary<string, Func<Task>>, IAlertDoorbell
    {
        public ConcurrentQueue<string> Rung { get; } = [];

        public Task RingAsync(string channel)
        {
            Rung.Enqueue(channel);
            return this[channel]();
        }
    }
}
