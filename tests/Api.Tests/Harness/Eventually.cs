namespace BudgetEngine.Api.Tests;

/// <summary>Awaits a fact, with a time-out that says what was awaited.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(15);

    public static async Task TrueAsync(Func<Task<bool>> fact, string what)
    {
        using var deadline = new CancellationTokenSource(Within);
        while (!await fact())
        {
            if (deadline.IsCancellationRequested) Assert.Fail($"not within {Within}: {what}");
            await Task.Delay(20);
        }
    }
}
