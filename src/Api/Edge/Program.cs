namespace BudgetEngine.Api;

/// <summary>The API by itself: a stateless client of the cluster.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => EdgeHost.RunAsync(args);
}
