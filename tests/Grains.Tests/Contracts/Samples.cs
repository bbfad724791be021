using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace BudgetEngine.Grains.Tests.Contracts;

/// <summary>One sample of every contract, as it was stored when the contract was made: <c>samples.json</c>. A sample is never changed, only added, or retired with its contract.</summary>
internal static class Samples
{
    // An array that an earlier version did not send is none: written as null.
    private static readonly JsonSerializerOptions _options = new() { WriteIndented = true, TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { WithoutMissingArrays } } };

    public static JsonObject Stored { get; } = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contracts", "samples.json")))!.AsObject();

    public static object Read(Type message) => Stored[message.Name].Deserialize(message)!;

    private static void WithoutMissingArrays(JsonTypeInfo type)
    {
        foreach (var member in type.Properties)
        {
            if (!member.PropertyType.IsGenericType || member.PropertyType.GetGenericTypeDefinition() != typeof(ImmutableArray<>)) continue;
            member.ShouldSerialize = (_, value) => value is not null && !(bool)value.GetType().GetProperty(nameof(ImmutableArray<int>.IsDefault))!.GetValue(value)!;
        }
    }

    public static string Write(object sample) => JsonSerializer.Serialize(sample, sample.GetType(), _options);

    public static string Text(JsonNode sample) => sample.ToJsonString(_options);

    /// <summary>A sample with a different value in every member, for a contract that has none yet.</summary>
    public static object Make(Type type)
    {
        var next = 1;
        return Make(type, ref next);
    }

    private static object Make(Type type, ref int next)
    {
        var n = next++;
        if (Nullable.GetUnderlyingType(type) is { } value) return Make(value, ref next);
        if (type.IsEnum) return Enum.ToObject(type, 1);
        if (type == typeof(bool)) return true;
        if (type == typeof(string)) return $"text {n}";
        if (type == typeof(Guid)) return new Guid(n, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
        if (type == typeof(DateOnly)) return new DateOnly(2026, 3, 1).AddDays(n);
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(n);
        if (type == typeof(TimeSpan)) return TimeSpan.FromSeconds(n);
        if (type.IsPrimitive) return Convert.ChangeType(n, type, null);
        if (type.IsGenericType) return MakeArray(type.GenericTypeArguments[0], ref next);
        var constructor = type.GetConstructors().Single();
        var parameters = constructor.GetParameters();
        var arguments = new object[parameters.Length];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = Make(parameters[i].ParameterType, ref next);
        return constructor.Invoke(arguments);
    }

    private static object MakeArray(Type element, ref int next)
    {
        var items = Array.CreateInstance(element, 2);
        for (var i = 0; i < items.Length; i++) items.SetValue(Make(element, ref next), i);
        return typeof(ImmutableArray).GetMethods().Single(m => m is { Name: "Create", IsGenericMethod: true } && m.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(element).Invoke(null, [items])!;
    }
}
