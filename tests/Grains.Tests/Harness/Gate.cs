namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>Holds whoever passes until the test opens it.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody waits at the gate.</summary>
    public Task Entered => _entered.Task;

    public void Open() => _open.TrySetResult();

    public Task PassAsync()
    {
        _entered.TrySetResult();
        return _open.Task;
    }
}
