using System.Diagnostics.CodeAnalysis;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Sql.Copying;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Hosting;

/// <summary>Failures to start that an operator can mend, in one line each and without a stack trace.</summary>
public static class StartFailure
{
    /// <summary>How the configuration binder, which has no exception of its own, begins to say that a value is not of its option's type.</summary>
    private const string NotConverted = "Failed to convert configuration value";

    public static bool TryExplain(Exception failed, [NotNullWhen(true)] out string? explanation)
    {
        explanation = failed switch
        {
            LedgerSchemaException or LedgerLockedException or LedgerCurrencyException or LedgerUnavailableException or LedgerCopyException or OpenModeException => failed.Message,
            OptionsValidationException invalid => string.Join("; ", invalid.Failures),
            IOException { InnerException: AddressInUseException } => $"{failed.Message} Choose another address with --urls.",
            AddressInUseException => $"{failed.Message}: another process has the port of this silo (Cluster:SiloPort, Cluster:GatewayPort).",
            InvalidOperationException when failed.Message.StartsWith(NotConverted, StringComparison.Ordinal) => failed.Message,
            UnauthorizedAccessException or DirectoryNotFoundException or FormatException => failed.Message,
            AggregateException several => Explain(several),
            _ => null,
        };
        return explanation is not null;
    }

    /// <summary>All of them, or nothing where one of them needs its stack.</summary>
    private static string? Explain(AggregateException several)
    {
        var all = several.Flatten().InnerExceptions.Select(inner => TryExplain(inner, out var why) ? why : null).ToList();
        return all.Contains(null) ? null : string.Join("; ", all.Distinct());
    }
}
