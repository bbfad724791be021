using BudgetEngine.Grains.InMemory;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.InMemory;

/// <summary>The gate of a node: one turn at a time, on whatever thread.</summary>
public sealed class NodeTurnsTests
{
    private readonly NodeTurns _turns = new(TaskScheduler.Default);
    private int _inside;
    private int _most;
    private int _count;

    [Fact]
    public async Task Turns_OfManyThreads_NeverRunBesideEachOther()
    {
        const int callers = 8, each = 1_000;

        await Task.WhenAll(Enumerable.Range(0, callers).Select(c => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++) await _turns.RunAsync((c + i) % 3 == 0, StepsAsync);
        }))).Within("all turns");

        Assert.Equal(1, _most);
        Assert.Equal(callers * each, _count);
    }

    [Fact]
    public async Task Turn_OfANodeThatIsFree_RunsOnTheThreadThatAsks()
    {
        var asking = Environment.CurrentManagedThreadId;

        var ran = _turns.RunAsync(0, static _ => Task.FromResult(Environment.CurrentManagedThreadId));

        Assert.True(ran.IsCompletedSuccessfully);
        Assert.Equal(asking, await ran);
        Assert.Null(SynchronizationContext.Current as NodeTurns);
    }

    [Fact]
    public async Task Turn_ThatWaits_LetsOthersRunAndGoesOnInATurn()
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = _turns.RunAsync(waits.Task, static async gate =>
        {
            await gate;
            return SynchronizationContext.Current;
        });

        Assert.True(_turns.RunAsync(0, Task.FromResult).IsCompletedSuccessfully);
        waits.SetResult();

        Assert.Same(_turns, await waiting.Within("the end of the turn that waits"));
    }

    [Fact]
    public async Task Turn_ThatIsAskedForWithinATurn_IsAPartOfIt()
    {
        var nested = await _turns.RunAsync(_turns, static turns => Task.FromResult(turns.RunAsync(1, Task.FromResult).IsCompletedSuccessfully));

        Assert.True(nested);
    }

    [Fact]
    public async Task Turn_ThatIsAskedForWithinATurnOfAnotherNode_ComesBackToIt()
    {
        var other = new NodeTurns(TaskScheduler.Default);

        var (within, after) = await _turns.RunAsync(other, static async other =>
        {
            var within = await other.RunAsync(0, static _ => Task.FromResult(SynchronizationContext.Current));
            return (within, SynchronizationContext.Current);
        });

        Assert.Same(other, within);
        Assert.Same(_turns, after);
    }

    [Fact]
    public async Task Turn_OfANodeThatIsBusy_RunsAfterIt()
    {
        var order = new List<int>();
        Task<int>? second = null;

        await _turns.RunAsync(0, async _ =>
        {
            // Another thread asks while this one is in a turn.
            await Task.CompletedTask;
            var asked = new Thread(() => second = _turns.RunAsync(2, Add));
            asked.Start();
            asked.Join();
            order.Add(1);
            return 0;
        });

        Assert.Equal(2, await second!.Within("the turn that waits"));
        Assert.Equal([1, 2], order);

        Task<int> Add(int number)
        {
            order.Add(number);
            return Task.FromResult(number);
        }
    }

    [Fact]
    public async Task Turn_ThatWaits_HasNoneOfTheLocalsOfTheTurnBeforeIt()
    {
        var local = new AsyncLocal<string?>();
        Task<string?>? second = null;

        await _turns.RunAsync(0, _ =>
        {
            var asked = new Thread(() => second = _turns.RunAsync(0, _ => Task.FromResult(local.Value)));
            using (ExecutionContext.SuppressFlow()) asked.Start();
            asked.Join();
            local.Value = "of the first";
            return Task.FromResult(0);
        });

        Assert.Null(await second!.Within("the turn that waits"));
    }

    [Fact]
    public async Task QueuedTurn_ThatThrows_FailsItsCallerAndNobodyElse()
    {
        var failed = _turns.QueueAsync(0, static Task<int> (_) => throw new InvalidOperationException("broken"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => failed.Within("the failure"));
        Assert.Equal(7, await _turns.RunAsync(7, Task.FromResult).Within("the next turn"));
    }

    /// <summary>A turn in two parts, or one that ends at once.</summary>
    private async Task<int> StepsAsync(bool waits)
    {
        Step();
        if (waits) await Task.Yield();
        Step();
        return ++_count;
    }

    private void Step()
    {
        var inside = Interlocked.Increment(ref _inside);
        if (inside > _most) _most = inside;
        // Long enough for another thread to come in, were it let in.
        Thread.SpinWait(500);
        Interlocked.Decrement(ref _inside);
    }
}
