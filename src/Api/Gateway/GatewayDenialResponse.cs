using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Api.Gateway;

/// <summary>A denial as a problem; what follows <c>request_id</c> only where the key's profile lets it reach the end client.</summary>
public sealed record GatewayDenialResponse(
    string Type,
    string Title,
    int Status,
    string Code,
    Period? Period,
    DateTimeOffset? ResetsAt,
    string RequestId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Optional<string> CostCenter,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Estimated,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Optional<WindowResponse> BlockedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Optional<WindowResponse> Tightest,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors);

/// <summary>A denial in the shape that OpenAI's libraries know.</summary>
public sealed record OpenAiDenialResponse(OpenAiErrorResponse Error);

/// <summary>The error of an <see cref="OpenAiDenialResponse"/>.</summary>
public sealed record OpenAiErrorResponse(string Message, string Type, string? Param, string Code);

/// <summary>A denial in the shape that Anthropic's libraries know.</summary>
public sealed record AnthropicDenialResponse([property: AllowedValues("error")] string Type, AnthropicErrorResponse Error);

/// <summary>The error of an <see cref="AnthropicDenialResponse"/>.</summary>
public sealed record AnthropicErrorResponse(string Type, string Message);
