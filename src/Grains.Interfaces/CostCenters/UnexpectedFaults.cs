using System.Runtime.CompilerServices;
using BudgetEngine.Domain.Faults;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetEngine.Grains.Interfaces.CostCenters;

/// <summary>
/// Exceptions that callers are answered like an outage, but that no outage makes: bugs. Each is counted, and logged with its stack: once per kind and minute, so
/// that a bug under load fills no disk.
/// </summary>
public sealed partial class UnexpectedFaults(TimeProvider? clock = null, ILogger<UnexpectedFaults>? logger = null)
{
    /// <summary>Kinds that are told apart; further ones are one kind.</summary>
    public const int MaxKinds = 100;

    public static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);

    private static readonly (string Where, string Type) _otherKinds = ("elsewhere", "other");

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly ILogger _logger = logger ?? NullLogger<UnexpectedFaults>.Instance;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Where, string Type), (long At, long Silent)> _logged = [];

    // The same exception passes several catches on its way to the edge.
    private readonly ConditionalWeakTable<Exception, object> _noted = [];
    private long _count;

    /// <summary>How many there were.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>What an outage of the ledger, a silo that goes or a caller that leaves makes.</summary>
    public static bool IsExpected(Exception fault) =>
        fault is ExpectedException or OrleansException or TimeoutException or OperationCanceledException;

    /// <summary>Notes an exception that is about to be answered as an outage. True: it was not expected.</summary>
    /// <param name="where">What was being done: one of a few constant texts.</param>
    public bool Note(Exception fault, string where)
    {
        if (IsExpected(fault)) return false;
        if (!_noted.TryAdd(fault, _noted)) return true;
        Interlocked.Increment(ref _count);
        if (IsToBeLogged((where, fault.GetType().FullName!), out var silent)) LogFault(_logger, fault, where, silent);
        return true;
    }

    private bool IsToBeLogged((string Where, string Type) kind, out long silent)
    {
        lock (_lock)
        {
            if (!_logged.ContainsKey(kind) && _logged.Count >= MaxKinds) kind = _otherKinds;
            var now = _clock.GetTimestamp();
            var known = _logged.TryGetValue(kind, out var last);
            silent = last.Silent;
            if (known && _clock.GetElapsedTime(last.At, now) < LogEvery)
            {
                _logged[kind] = last with { Silent = silent + 1 };
                return false;
            }

            _logged[kind] = (now, 0);
            return true;
        }
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "An unexpected exception in {Where}, answered as an outage; {Silent} of its kind were not logged since the last one")]
    private static partial void LogFault(ILogger logger, Exception fault, string where, long silent);
}
