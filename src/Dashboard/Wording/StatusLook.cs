using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Dashboard.Wording;

/// <summary>A status as it looks and reads: colour, icon and word always go together.</summary>
/// <param name="Name">Of the style and the icon.</param>
/// <param name="Urgency">Larger needs a person sooner.</param>
public sealed record StatusLook(string Name, string Word, int Urgency)
{
    public static readonly StatusLook Ok = new("ok", "OK", 0);
    public static readonly StatusLook Paused = new("paused", "Paused", 1);
    public static readonly StatusLook Soft = new("soft", "Over soft limit", 4);
    public static readonly StatusLook Exceeded = new("exceeded", "Exceeded", 7);

    private static readonly StatusLook Warning = new("warning", "Warning", 3);
    private static readonly StatusLook Critical = new("critical", "Critical", 5);
    private static readonly StatusLook Emergency = new("emergency", "Emergency", 6);

    /// <summary>Of a window's status as the engine tells it. A level of one's own has the look of a warning, with its own word.</summary>
    public static StatusLook Of(string status, bool soft) => status switch
    {
        WindowFigures.StatusOk => Ok,
        WindowFigures.StatusExceeded => soft ? Soft : Exceeded,
        "warning" => Warning,
        "critical" => Critical,
        "emergency" => Emergency,
        _ => Warning with { Word = char.ToUpperInvariant(status[0]) + status[1..] },
    };
}
