using System.Text.Json.Serialization;

namespace BudgetEngine.Api.Exports;

/// <summary>Keys of a price that FOCUS 1.3 does not have yet, with the prefix that it asks for.</summary>
internal sealed record SkuDetails([property: JsonPropertyName("x_ModelId")] string Model, [property: JsonPropertyName("x_TokenType")] string TokenType);

internal sealed record FocusTags([property: JsonPropertyName("CostCenter")] string CostCenter);

/// <summary>JSON in columns of FOCUS.</summary>
[JsonSerializable(typeof(SkuDetails))]
[JsonSerializable(typeof(FocusTags))]
internal sealed partial class FocusJson : JsonSerializerContext;
