using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BudgetEngine.Api.Budgets;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.OpenApi;

/// <summary>Schemas of the records that the API answers, and of those that describe its bodies: as the serializer sees them, with the attributes on their members.</summary>
internal sealed class OpenApiSchemas
{
    private const string AmountId = "Amount";

    private static readonly JsonSerializerOptions Options = new(AnswersJson.Default.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    private readonly SortedDictionary<string, JsonNode?> _components = new(StringComparer.Ordinal);
    private readonly JsonSchemaExporterOptions _exporting;

    public OpenApiSchemas()
    {
        _exporting = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe };
        _components.Add(AmountId, new JsonObject
        {
            ["description"] = "An amount of the installation's currency. Answered as a number, exact, without exponent or trailing zeros; taken as a number (exponent form "
                + "included) or a string of one.",
            ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "number" }, new JsonObject { ["type"] = "string" }),
        });
    }

    /// <summary>All components that were referred to. Called last.</summary>
    public JsonObject All() => new(_components.Select(c => KeyValuePair.Create(c.Key, c.Value)));

    public JsonNode OfAny(IReadOnlyList<Type> types) =>
        types.Count == 1 ? Of(types[0]) : new JsonObject { ["oneOf"] = new JsonArray([.. types.Select(Of)]) };

    /// <summary>A reference to the component of a record of ours, which is made once; any other type as it is.</summary>
    public JsonNode Of(Type type)
    {
        if (!IsComponent(type)) return Export(type);
        var id = IdOf(type);
        if (_components.TryAdd(id, null)) _components[id] = Export(type);
        return Reference(id);
    }

    private JsonNode Export(Type type) => Options.GetJsonSchemaAsNode(type, _exporting);

    /// <summary>Pages, being generic, have no component of their own.</summary>
    private static bool IsComponent(Type type) => type.Assembly == typeof(OpenApiSchemas).Assembly && type is { IsClass: true, IsGenericType: false, IsArray: false };

    private static string IdOf(Type type) => type.Name.EndsWith("Response", StringComparison.Ordinal) ? type.Name[..^"Response".Length] : type.Name;

    private static JsonObject Reference(string id) => new() { ["$ref"] = "#/components/schemas/" + id };

    private JsonNode Describe(JsonSchemaExporterContext context, JsonNode exported)
    {
        var type = context.TypeInfo.Type;
        var isOptional = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>);
        if (isOptional) type = type.GetGenericArguments()[0];
        var isNullable = isOptional || Nullable.GetUnderlyingType(type) is not null || context.PropertyInfo is { IsGetNullable: true };
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var attributes = context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(inherit: true).OfType<Attribute>().ToArray() ?? [];
        var isRoot = context.Path.IsEmpty;
        var schema = Known(plain, attributes) is { } known ? (isNullable ? OrNull(known) : known)
            : IsComponent(plain) && !isRoot ? (isNullable ? OrNull(Of(plain)) : Of(plain))
            : isOptional ? OrNull(Export(plain))
            // The exporter points to where it has described the same type before; there is no such place in the document.
            : exported is JsonObject again && again.ContainsKey("$ref") ? (isNullable ? OrNull(Export(plain)) : Export(plain))
            : exported;
        if (schema is not JsonObject json) return new JsonObject();
        // Items that a converter writes are not told by the exporter.
        if (context.TypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } && !json.ContainsKey("items") && Known(element, []) is { } items)
        {
            json["items"] = items;
        }

        if (isRoot && context.TypeInfo.Kind == JsonTypeInfoKind.Object) DescribeRecord(json, context.TypeInfo);
        foreach (var attribute in attributes) Apply(attribute, json, isNullable);
        return json;
    }

    /// <summary>What the serializer cannot tell, since a converter writes it.</summary>
    private JsonNode? Known(Type type, Attribute[] attributes)
    {
        switch (attributes.OfType<JsonConverterAttribute>().FirstOrDefault()?.ConverterType)
        {
            case { } raw when raw == typeof(RawJsonConverter): return new JsonObject();
            case { } tags when tags == typeof(TagsConverter): return Export(typeof(IReadOnlyDictionary<string, string>));
            case { } assumed when assumed == typeof(AssumedTokensConverter):
                return new JsonObject
                {
                    ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "integer", ["minimum"] = 0 }, new JsonObject { ["const"] = AssumedTokensConverter.MaximumWord }),
                };
        }

        if (type == typeof(Money) || attributes.OfType<AmountAttribute>().Any()) return Reference(AmountId);
        if (type == typeof(decimal)) return new JsonObject { ["type"] = "number" };
        if (type == typeof(DateTimeOffset)) return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (Options.GetConverter(type) is not IHasWords has) return null;
        var words = Enum(has.Words);
        return has.AreMany ? new JsonObject { ["type"] = "array", ["items"] = words } : words;
    }

    private static void DescribeRecord(JsonObject json, JsonTypeInfo type)
    {
        if (type.Type.GetCustomAttribute<DescriptionAttribute>() is { } description) json["description"] = description.Description;
        // Of an answer all members are there, but those that may be left out; a body says what it needs.
        var isAnswer = type.Type.Name.Contains("Response", StringComparison.Ordinal);
        var required = type.Properties.Where(p => isAnswer ? !Has<JsonIgnoreAttribute>(p) : Has<RequiredAttribute>(p)).Select(p => (JsonNode)p.Name).ToArray();
        json.Remove("required");
        if (required.Length > 0) json["required"] = new JsonArray(required);
    }

    private static bool Has<T>(JsonPropertyInfo property) where T : Attribute => property.AttributeProvider?.IsDefined(typeof(T), inherit: true) == true;

    private static void Apply(Attribute attribute, JsonObject json, bool isNullable)
    {
        var length = json.ContainsKey("items") ? "Items" : "Length";
        switch (attribute)
        {
            case DescriptionAttribute description: json["description"] = description.Description; break;
            case RangeAttribute range when !json.ContainsKey("oneOf"):
                json["minimum"] = Number(range.Minimum);
                json["maximum"] = Number(range.Maximum);
                break;
            case MaxLengthAttribute most: json["max" + length] = most.Length; break;
            case MinLengthAttribute least: json["min" + length] = least.Length; break;
            case RegularExpressionAttribute pattern: json["pattern"] = pattern.Pattern; break;
            case DefaultValueAttribute value: json["default"] = Number(value.Value); break;
            case AllowedValuesAttribute allowed: Become(json, Enum([.. allowed.Values]), isNullable); break;
            case ItemsAttribute of:
                if (of.Pattern is not null) json["items"]!["pattern"] = of.Pattern;
                if (of.MaxLength > 0) json["items"]!["maxLength"] = of.MaxLength;
                break;
            case IHasWords { AreMany: true } has: json["items"] = Enum(has.Words); break;
            case IHasWords has: Become(json, Enum(has.Words), isNullable); break;
        }
    }

    private static void Become(JsonObject json, JsonObject words, bool isNullable)
    {
        json.Remove("type");
        json["enum"] = (isNullable ? OrNull(words) : words)["enum"]!.DeepClone();
    }

    private static JsonNode? Number(object? value) => JsonSerializer.SerializeToNode(value);

    private static JsonObject Enum<T>(IEnumerable<T> words) => new() { ["enum"] = new JsonArray([.. words.Select(w => JsonSerializer.SerializeToNode(w))]) };

    private static JsonNode OrNull(JsonNode schema)
    {
        switch (schema)
        {
            case JsonObject json when json["enum"] is JsonArray words:
                words.Add(null);
                return json;
            case JsonObject json when json["type"] is JsonValue type:
                json["type"] = new JsonArray(type.DeepClone(), "null");
                return json;
            case JsonObject json when json["oneOf"] is JsonArray choices:
                choices.Add(new JsonObject { ["type"] = "null" });
                return json;
            case JsonObject json when json.ContainsKey("$ref"):
                return new JsonObject { ["oneOf"] = new JsonArray(json, new JsonObject { ["type"] = "null" }) };
            default:
                return schema;
        }
    }
}
