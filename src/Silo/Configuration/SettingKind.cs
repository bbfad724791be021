using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace BudgetEngine.Silo.Configuration;

/// <summary>Whether a text is a value of a setting's type and range, and in a person's words what would be.</summary>
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

    /// <summary>Null: it is within the range. The text is of the type.</summary>
    public static string? FaultOf(string value, Type type, RangeAttribute range)
    {
        if (value.Length == 0) return null;
        var read = TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type).ConvertFromInvariantString(value);
        return range.IsValid(read) ? null : string.Create(CultureInfo.InvariantCulture, $"it is {range.Minimum} to {range.Maximum}");
    }

    private static string WordsOf(Type type)
    {
        if (type == typeof(bool)) return "it is true or false";
        if (type == typeof(int)) return "it is a whole number";
        if (type == typeof(TimeSpan)) return Durations.Examples;
        if (!type.IsEnum) return "it is a number";
        var words = Enum.GetNames(type).Select(n => n.ToLowerInvariant()).ToList();
        return $"it can be {string.Join(", ", words[..^1])} or {words[^1]}";
    }
}
