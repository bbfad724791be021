using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary>Limited windows as a table.</summary>
internal static class Windows
{
    private static readonly string[] _columns = ["cost center", "window", "limit", "spent", "held", "left", "used", "status", "resets"];

    public static void Print(Screen screen, IEnumerable<JsonElement> windows) => screen.Table(
        _columns,
        windows.Select(w => new[]
        {
            Screen.Escape(w.Text("cost_center")) + (w.Text("user") is { } user ? $" [dim]user {Screen.Escape(user)}[/]" : ""), Screen.Escape(w.Text("period")), w.Text("limit"), w.Text("spent"), w.Text("held"),
            w.Text("available"), Screen.Bar(w.Number("utilization")), Screen.Status(w.Text("status")), Screen.Escape(w.Text("resets_at")),
        }),
        2, 3, 4, 5);

    /// <summary>The window that is nearest to its limit, in words; null where there is none.</summary>
    public static string? InWords(JsonElement? window) => window is not { } w
        ? null
        : $"{w.Text("cost_center")} {w.Text("period")}{(w.Text("user") is { } user ? $" of user {user}" : "")}: {w.Text("spent") ?? "?"} spent and {w.Text("held") ?? "?"} held of {w.Text("limit") ?? "?"}, " +
          $"{w.Text("available") ?? "?"} left, resets {w.Text("resets_at") ?? "never"}";
}
