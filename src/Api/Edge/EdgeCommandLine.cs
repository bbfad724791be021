namespace BudgetEngine.Api;

/// <summary>What the command line of the API by itself may say.</summary>
internal static class EdgeCommandLine
{
    public const string Usage = "usage: dotnet BudgetEngine.Api.dll --Ledger:Postgres=CONNECTION_STRING --Cluster:Membership=postgres [--urls URL] [--Section:Key=VALUE ...]";

    /// <summary>The first option that is unknown or incomplete; null: there is none.</summary>
    public static string? FaultOf(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal)) return args[i];
            if (args[i].Contains('=')) continue;
            if ((args[i] != "--urls" && !args[i].Contains(':')) || ++i == args.Length) return args[Math.Min(i, args.Length - 1)];
        }

        return null;
    }
}
