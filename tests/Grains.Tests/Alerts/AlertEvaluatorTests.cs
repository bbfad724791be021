using System.Collections.Concurrent;
using BudgetEngine.Alerts;
using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.Logging;
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

    [Fact]
    public async Task Log_OfAUsersLimit_NamesTheUser_WithTheSentenceOfTheAlert()
    {
        var lines = new Lines();
        var evaluator = new AlertEvaluator(Engine.Store.Evaluations, Engine.Catalog, new Bell(), new AlertOptions(), Engine.Options, Clock, lines);
        var ofAll = new Alert("alr_1", AlertType.Denied, "acme/x", null, Clock.GetUtcNow())
        {
            Period = Period.Daily, Window = new DateOnly(2026, 11, 28), Spent = Money.Zero, Limit = new Money(5_000_000_000), Held = new Money(5_000_000_000), Reservations = 50,
        };

        await evaluator.NotifyAsync(new EvaluationResult([], 0, [], [ofAll, ofAll with { Id = "alr_2", User = "u-17" }]));

        Assert.StartsWith("Alert budget.denied of acme/x: A request of acme/x was denied by the daily budget for 28 Nov 2026", lines.Written[0], StringComparison.Ordinal);
        Assert.Contains("$5.00 is held by 50 open reservations", lines.Written[0], StringComparison.Ordinal);
        Assert.StartsWith("Alert budget.denied of acme/x, user u-17: A request of acme/x, user u-17 was denied", lines.Written[1], StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger<AlertEvaluator>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Add(formatter(state, exception));
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
