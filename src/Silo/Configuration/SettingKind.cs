using System.ComponentModel;

namespace BudgetEngine.Silo.Configuration;

/// <summary>Whether a text is a value of a setting's type, and in a person's words what would be. Ranges are the options' own matter.</summary>
internal static class SettingKind
{
    /// <summary>Null: it can be read.</summary>
    public static string? FaultOf(string value, Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return value.Length == 0 ? null : FaultOf(value, inner);
        // The converter's own answer on enumerations depends on upper and lower case, which the binder ignores, and takes numbers that mean nothing.
        if (type.IsEnum) return Enum.TryParse(type, value, ignoreCase: true, out var word) && Enum.IsDefined(type, word) ? null : WordsOf(type);
        return TypeDescriptor.GetConverter(type).IsValid(value) ? null : WordsOf(type);
    }

    private static string WordsOf(Type type)
    {
        if (type == typeof(bool)) return "it is true or false";
        if (type == typeof(int)) return "it is a whole number";
        if (type == typeof(TimeSpan)) return "it is a time such as 00:00:10";
        if (!type.IsEnum) return "it is a number";
        var words = Enum.GetNames(type).Select(n => n.ToLowerInvariant()).ToList();
        return $"it can be {string.Join(", ", words[..^1])} or {words[^1]}";
    }
}
