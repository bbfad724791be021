using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Client;
using BudgetEngine.Client.Checks;
using BudgetEngine.Client.Providers;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Gateway.Errors;

/// <summary>Answers of the gateway itself, in the error format that the caller's library knows, with a status that it does not repeat on.</summary>
internal static class ProviderErrors
{
    public static Task WriteDenialAsync(HttpContext context, ProviderFormat format, BudgetDeniedException denied, int? denyStatus, TimeProvider clock)
    {
        var headers = context.Response.Headers;
        headers["X-Budget-Decision"] = "deny";
        headers["X-Budget-Code"] = denied.Reason;
        if (denied.Answer.BlockedBy?.ResetsAt is { } resets) headers["X-Budget-Reset"] = Seconds(resets - clock.GetUtcNow());
        if (denied.Answer.RetryAfterSeconds is { } after) headers.RetryAfter = after.ToString(CultureInfo.InvariantCulture);
        var status = denied.Reason switch
        {
            CheckAnswer.EngineUnavailable => StatusCodes.Status503ServiceUnavailable,
            _ when denyStatus is { } own => own,
            "budget_exceeded" => StatusCodes.Status402PaymentRequired,
            "rate_limited" => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status403Forbidden,
        };
        return WriteAsync(context, format, status, denied.Reason, denied.Message, "insufficient_quota", "rate_limit_error");
    }

    /// <summary>The key or the input is wrong.</summary>
    public static Task WriteRefusalAsync(HttpContext context, ProviderFormat format, BudgetEngineException refused) => (int)refused.Status switch
    {
        401 => WriteAsync(context, format, 401, refused.Code == "invalid_key" ? "invalid_api_key" : refused.Code, refused.Message, "invalid_request_error", "authentication_error"),
        403 => WriteAsync(context, format, 403, refused.Code, refused.Message, "invalid_request_error", "permission_error"),
        _ => WriteAsync(context, format, 400, refused.Code, refused.Message, "invalid_request_error", "invalid_request_error"),
    };

    public static Task WriteBadRequestAsync(HttpContext context, ProviderFormat format, int status, string code, string message) =>
        WriteAsync(context, format, status, code, message, "invalid_request_error", "invalid_request_error");

    public static Task WriteFailureAsync(HttpContext context, ProviderFormat format, int status, string code, string message) =>
        WriteAsync(context, format, status, code, message, "server_error", "api_error");

    private static Task WriteAsync(HttpContext context, ProviderFormat format, int status, string code, string message, string openAiType, string anthropicType)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        // What the server cannot do now may be asked again.
        if (status < 500) response.Headers["x-should-retry"] = "false";
        JsonObject body = format == ProviderFormat.Anthropic
            ? new JsonObject { ["type"] = "error", ["error"] = new JsonObject { ["type"] = anthropicType, ["message"] = message } }
            : new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = openAiType, ["param"] = null, ["code"] = code } };
        return response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body)).AsTask();
    }

    private static string Seconds(TimeSpan span) => ((long)Math.Max(0, Math.Ceiling(span.TotalSeconds))).ToString(CultureInfo.InvariantCulture);
}
