namespace BudgetEngine.TestKit.Providers;

/// <summary>A request as the fake provider got it.</summary>
public sealed record FakeRequest(string Path, string Body, IReadOnlyDictionary<string, string> Headers);
