using BudgetEngine.Dashboard.Alerts;
using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Dashboard.FirstRun;

/// <summary>How do I see it deny something within a minute?</summary>
/// <param name="Address">Of this server, as the browser has it.</param>
/// <param name="Limit">The limit that the first step sets; null: not yet.</param>
/// <param name="HasPrice">The model of the checks has a price.</param>
/// <param name="Seen">What the engine has seen of the three steps, newest first.</param>
public sealed record FirstRunModel(
    Shell Shell, string Address, bool IsOpen, WindowLine? Limit, bool HasPrice, bool Allowed, bool Denied, IReadOnlyList<SeenLine> Seen) : PageModel(Shell)
{
    public const string CostCenter = "demo/app";
    public const string Model = "gpt-4.1";

    public bool IsSet => Limit is not null && HasPrice;

    /// <summary>The step that is next; 4: all are done.</summary>
    public int Step => !IsSet ? 1 : !Allowed ? 2 : !Denied ? 3 : 4;

    public string StyleOf(int step) => step < Step ? "done" : step == Step ? "now" : "wait";

    /// <summary>What the check of the last step asks for.</summary>
    public Money TooMuch => Shell.Currency.Resolution.TryRoundUp(0.0664m, out var asked) ? asked : Money.Zero;

    public string KeyHeader => IsOpen ? "" : "  -H \"X-Budget-Key: $KEY\" \\\n";
}

/// <summary>Something that the engine has seen.</summary>
public sealed record SeenLine(string What, string Detail, DateTimeOffset At);
