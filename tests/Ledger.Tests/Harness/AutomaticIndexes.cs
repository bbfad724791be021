using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SQLitePCL;

namespace BudgetEngine.Ledger.Tests.Harness;

/// <summary>
/// What SQLite says when it builds an index for one statement, since none of the table's serves it: for that it reads the whole table, each time. On a table of usage it takes the longer
/// the more there is, and with the ten rows of a test nobody sees it.
/// </summary>
internal static class AutomaticIndexes
{
    private const int Warning = 284;

    /// <summary>Parts of statements, which are as small as the statement's parameters.</summary>
    private static readonly string[] _ofStatements = ["automatic index on retained(", "automatic index on nodes(", "automatic index on gone("];

    private static readonly ConcurrentQueue<string> _found = new();

    public static void ThrowIfAny()
    {
        if (!_found.IsEmpty) throw new InvalidOperationException($"SQLite reads a whole table for a statement: {string.Join("; ", _found.Distinct())}.");
    }

#pragma warning disable CA2255 // SQLite takes it only before its first use, and these tests are a program, not a library.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Listen()
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        raw.sqlite3_config_log(
            (_, code, message) =>
            {
                if (code == Warning && !Array.Exists(_ofStatements, message.StartsWith)) _found.Enqueue(message);
            },
            null);
    }
}
