using System.Globalization;

namespace BudgetEngine.Silo.Logging;

/// <summary>
/// Lines with an exception that come again and again, as each request writes during an outage: of each kind one a minute is written, and how many were not. A kind is a category, an event and a type
/// of exception. Lines without an exception are never left out.
/// </summary>
internal sealed class FoldedFaults(TimeProvider clock)
{
    /// <summary>Kinds that are told apart; when there are more, all are forgotten.</summary>
    public const int MaxKinds = 1_000;

    public static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Category, int Event, Type Type), (long At, long LeftOut)> _written = [];

    /// <returns>Null: to be left out. Else what follows the line: how many of its kind were left out before it; empty: none.</returns>
    public string? Note(string category, int eventId, Exception? fault)
    {
        if (fault is null) return "";
        lock (_lock)
        {
            var kind = (category, eventId, fault.GetType());
            var now = clock.GetTimestamp();
            if (_written.TryGetValue(kind, out var last) && clock.GetElapsedTime(last.At, now) < WriteEvery)
            {
                _written[kind] = last with { LeftOut = last.LeftOut + 1 };
                return null;
            }

            if (_written.Count >= MaxKinds) _written.Clear();
            _written[kind] = (now, 0);
            return last.LeftOut == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({last.LeftOut} more of this kind were left out since the last)");
        }
    }
}
