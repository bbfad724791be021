namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>The beginning or the end of an activation: no request starts meanwhile.</summary>
internal abstract class Transition : Request
{
    private readonly CancellationTokenSource _cancellation = new();

    private protected Transition(Activation activation) => Target = activation;

    internal bool IsCancelled => _cancellation.IsCancellationRequested;

    private protected Activation Activation => Target!;

    internal void Cancel() => _cancellation.Cancel();

    internal override void Start() => _ = Run();

    private protected abstract Task Run();

    /// <summary>Runs a step of the grain, cancels it when the time is over and waits no longer; a timer is armed only for what is pending.</summary>
    private protected async Task Bounded(Func<CancellationToken, Task> step, TimeSpan limit)
    {
        var task = step(_cancellation.Token);
        if (task.IsCompleted)
        {
            await task;
            return;
        }

        await using var timer = Activation.Silo.Time.CreateTimer(static state => ((Transition)state!).Cancel(), this, limit, Timeout.InfiniteTimeSpan);
        await task.WaitAsync(_cancellation.Token);
    }
}
