namespace BudgetEngine.Dashboard.Rendering;

/// <summary>A page with a message alone.</summary>
public sealed record MessageModel(Shell Shell, PageMessage Message) : PageModel(Shell);
