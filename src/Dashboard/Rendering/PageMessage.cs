namespace BudgetEngine.Dashboard.Rendering;

/// <summary>A page that says why there is no other one: what is not known, what still holds, who can help.</summary>
public sealed record PageMessage(string Title, string Text, string Icon, bool MayTryAgain)
{
    public static readonly PageMessage LedgerAway = new(
        "The ledger does not answer",
        "What is shown here is read from it. Checks go on from memory for a few seconds; then hard budgets deny, and soft budgets allow with a mark.", "degraded", true);

    public static readonly PageMessage TooMany = new(
        "Too many pages at once", "Your key has as many pages and reports open as it may, and this one has waited too long for its turn.", "degraded", true);

    public static readonly PageMessage TooMuch = new(
        "Too much would have to be read", "What was asked for takes longer than one report may. Ask for a shorter time, or a cost center further down.", "degraded", true);

    public static readonly PageMessage ForgedForm = new("Nothing was changed", PageForm.NotOurs, "lock", false);

    public static readonly PageMessage ReadOnly = new("Your key may only read", "Changes need a key with the scope admin. Nothing was changed.", "lock", false);

    public static PageMessage Outside(string? subtree) => new(
        "Not for this key", subtree is null ? "Your key may not open this." : $"Your key covers {subtree} and below. For more, ask an administrator for another key.", "lock", false);

    public static PageMessage NoCostCenter(string path) => new(
        "No such cost center", $"There is no cost center {path}. One is there as soon as it has a budget or usage, or one below it has.", "tree", false);

    public static PageMessage Malformed(string fault) => new("No such cost center", $"That is no cost center: it {fault}.", "tree", false);
}
