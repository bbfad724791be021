namespace BudgetEngine.TestKit.Providers;

/// <summary>An answer in a provider's format, whole and as the events of a stream, each with the tokens that it brings.</summary>
public sealed record FakeAnswer(string Whole, IReadOnlyList<(string Text, int Tokens)> Events, long Tokens);
