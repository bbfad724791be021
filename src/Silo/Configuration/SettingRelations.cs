using BudgetEngine.Gateway.Configuration;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.Silo.Hosting;

namespace BudgetEngine.Silo.Configuration;

/// <summary>Durations that are right each by itself, and wrong together.</summary>
internal static class SettingRelations
{
    private const string Lease = $"{LedgerWriterOptions.Section}:{nameof(LedgerWriterOptions.LeaseInterval)}";
    private const string Grace = $"{LedgerWriterOptions.Section}:{nameof(LedgerWriterOptions.OutageGrace)}";
    private const string LedgerDrain = $"{LedgerWriterOptions.Section}:{nameof(LedgerWriterOptions.DrainWithin)}";
    private const string GatewayDrain = $"{GatewayOptions.Section}:{nameof(GatewayOptions.DrainWithin)}";

    /// <summary>The first may not be longer than the second.</summary>
    private static readonly (string Shorter, string Longer)[] _ordered =
    [
        (OfWriter(nameof(LedgerWriterOptions.RetryAfter)), OfWriter(nameof(LedgerWriterOptions.RetryAtMost))),
        (OfWriter(nameof(LedgerWriterOptions.RetryAtMost)), OfWriter(nameof(LedgerWriterOptions.PostDeadline))),
        (OfWriter(nameof(LedgerWriterOptions.NotifyTimeout)), OfWriter(nameof(LedgerWriterOptions.PostDeadline))),
        (OfLedger(nameof(LedgerOptions.ConnectTimeout)), OfLedger(nameof(LedgerOptions.CommandTimeout))),
        (OfLedger(nameof(LedgerOptions.CommandTimeout)), OfLedger(nameof(LedgerOptions.LongCommandTimeout))),
    ];

    /// <param name="timeOf">The duration of a setting that is in force; null: it cannot be read.</param>
    public static IEnumerable<string> FaultsOf(Func<string, TimeSpan?> timeOf)
    {
        // A comparison with one that cannot be read is no fault of the pair.
        foreach (var (shorter, longer) in _ordered)
        {
            if (timeOf(shorter) > timeOf(longer)) yield return $"{shorter} ({timeOf(shorter):c}) is longer than {longer} ({timeOf(longer):c})";
        }

        if (timeOf(Lease) * 2 > timeOf(Grace)) yield return $"{Lease} ({timeOf(Lease):c}) is more than half of {Grace} ({timeOf(Grace):c}): one lost renewal would be an outage";
        if (timeOf(LedgerDrain) + timeOf(GatewayDrain) > BudgetHost.ShutdownTimeout)
        {
            yield return $"{GatewayDrain} ({timeOf(GatewayDrain):c}) and {LedgerDrain} ({timeOf(LedgerDrain):c}) are together more than the {BudgetHost.ShutdownTimeout.TotalSeconds} s that a stop may take";
        }
    }

    private static string OfWriter(string name) => $"{LedgerWriterOptions.Section}:{name}";

    private static string OfLedger(string name) => $"{LedgerOptions.Section}:{name}";
}
