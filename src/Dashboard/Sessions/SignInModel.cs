namespace BudgetEngine.Dashboard.Sessions;

/// <summary>The page before all others.</summary>
/// <param name="Fault">Why the last key was not taken; null: none was tried.</param>
/// <param name="Next">Where to go after it: an address of this server.</param>
/// <param name="OnwardFrom">In open mode: the address that a link from elsewhere has led to; null: a key is needed.</param>
public sealed record SignInModel(string? Theme, string FormToken, string? Fault, string Next, string? OnwardFrom, string State, string Version);
