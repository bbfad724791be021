using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Http;

/// <summary>Names that administrators give to channels and schedules.</summary>
internal static class ChannelNames
{
    private const int MaxLength = 64;

    /// <summary>What is wrong with a name; null: nothing.</summary>
    public static string? FaultOf(string name)
    {
        var sound = name.Length is > 0 and <= MaxLength && IsFirst(name[0]) && name.All(c => IsFirst(c) || c is '.' or '_' or '-');
        return sound ? null : "must be [a-z0-9][a-z0-9._-]{0,63}";

        static bool IsFirst(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
    }

    /// <summary>The <c>{name}</c> of a route.</summary>
    public static string Of(HttpContext context, FaultList faults)
    {
        var name = (string?)context.Request.RouteValues["name"] ?? "";
        if (FaultOf(name) is { } fault) faults.Add("name", fault);
        return name;
    }
}
