using System.Text.Json;

namespace BudgetEngine.Api;

/// <summary>Writes what became of records.</summary>
internal static class UsageResultJson
{
    public static string Word(UsageResultKind kind) => kind switch
    {
        UsageResultKind.Recorded => "recorded",
        UsageResultKind.Duplicate => "duplicate",
        _ => "rejected",
    };

    public static void WriteIndexed(Utf8JsonWriter json, long index, UsageResult result)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        WriteMembers(json, result);
        json.WriteEndObject();
    }

    public static void WriteMembers(Utf8JsonWriter json, UsageResult result)
    {
        CheckAnswerJson.WriteText(json, "request_id"u8, result.RequestId);
        json.WriteString("result"u8, Word(result.Kind));
        if (result.Kind != UsageResultKind.Rejected)
        {
            json.WriteMoney("cost"u8, result.Cost);
            UsageWords.WriteFlags(json, result.Flags);
            return;
        }

        json.WriteString("code"u8, result.Code);
        json.WriteString("detail"u8, result.Detail);
        json.WriteBoolean("retryable"u8, result.Retryable);
        if (result.Errors is { Count: > 0 }) Problem.WriteErrors(json, result.Errors);
    }

    /// <summary>The problem of a single record that was rejected.</summary>
    public static Problem ToProblem(UsageResult result) => new(result.Code!, result.Detail ?? "The record was rejected.", result.Errors);
}
