namespace BudgetEngine.Api;

/// <summary>A command line that asks how the program is used, wherever in it: then nothing else of it is done.</summary>
public static class HelpRequest
{
    public static bool IsIn(string[] args) => args is ["help", ..] || args.Any(a => a is "--help" or "-h");
}
