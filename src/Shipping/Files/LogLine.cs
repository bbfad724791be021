namespace BudgetEngine.Shipping.Files;

/// <summary>A line.</summary>
/// <param name="Text">Null: it is longer than allowed.</param>
/// <param name="End">The offset after it.</param>
internal readonly record struct LogLine(byte[]? Text, long End);
