using System.Text.Json;
using BudgetEngine.Cli.Engine;

namespace BudgetEngine.Cli.Commands;

/// <summary>Pauses in words.</summary>
internal static class Pauses
{
    /// <summary>Null where there is none.</summary>
    public static string? InWords(JsonElement? pause) => pause is not { } p
        ? null
        : $"pause of {Subject(p)}, {(p.Text("until") is { } until ? $"until {until}" : "until it is resumed")}";

    /// <summary>What is paused: a cost center, a user or a model in it.</summary>
    public static string Subject(JsonElement pause) =>
        $"{pause.Text("cost_center")}{(pause.Text("user") is { } user ? $", user {user}" : "")}{(pause.Text("model") is { } model ? $", model {model}" : "")}";
}
