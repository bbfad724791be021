using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api;

/// <summary>An answer of 400 or above: <c>application/problem+json</c> with a code of the API.</summary>
/// <param name="Errors">By field; null: not about values.</param>
internal sealed record Problem(string Code, string Detail, IReadOnlyList<InputFault>? Errors = null)
{
    public const string ContentType = "application/problem+json";
    public const string TypePrefix = "urn:budget-engine:problem:";

    /// <summary>What a caller is told to wait before it repeats; outages are over in seconds or not soon.</summary>
    public const int RetryAfterSeconds = 1;

    public static Problem Outside(string costCenter) =>
        new(ApiCode.OutsideSubtree, $"The key's subtree does not contain '{costCenter}'.");

    public static readonly Problem WholeInstallation =
        new(ApiCode.OutsideSubtree, "This needs a key for the whole installation.");

    public static Problem Fault(string field, string message) =>
        new(field == "cost_center" ? ApiCode.InvalidCostCenter : ApiCode.InvalidRequest, $"{field}: {message}.", [new InputFault(field, message)]);

    /// <summary>Writes this problem as the answer of the request.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted) return Task.CompletedTask;
        var status = ApiCode.StatusOf(Code);
        response.StatusCode = status;
        response.ContentType = ContentType;
        var requestId = RequestIds.Of(context);
        response.Headers[RequestIds.Header] = requestId;
        if (status == StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = "1";
        if (status == StatusCodes.Status401Unauthorized && !RawTarget.IsAuthorize(context)) response.Headers.WWWAuthenticate = "Bearer";
        var answer = JsonAnswer.Begin(context);
        var json = answer.Writer;
        json.WriteStartObject();
        WriteMembers(json, requestId);
        json.WriteEndObject();
        return answer.SendAsync();
    }

    /// <summary>The members, for answers that have more than these.</summary>
    public void WriteMembers(Utf8JsonWriter json, string requestId)
    {
        json.WriteString("type"u8, TypePrefix + Code);
        json.WriteString("title"u8, ApiCode.TitleOf(Code));
        json.WriteNumber("status"u8, ApiCode.StatusOf(Code));
        json.WriteString("code"u8, Code);
        json.WriteString("detail"u8, Detail);
        json.WriteString("request_id"u8, requestId);
        if (Errors is { Count: > 0 }) WriteErrors(json, Errors);
    }

    public static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<InputFault> errors)
    {
        json.WriteStartObject("errors"u8);
        for (var i = 0; i < errors.Count; i++)
        {
            if (IsNamedBefore(errors, i)) continue;
            json.WriteStartArray(errors[i].Field);
            for (var j = i; j < errors.Count; j++)
            {
                if (errors[j].Field == errors[i].Field) json.WriteStringValue(errors[j].Message);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static bool IsNamedBefore(IReadOnlyList<InputFault> errors, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (errors[i].Field == errors[index].Field) return true;
        }

        return false;
    }
}
