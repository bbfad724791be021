using System.Globalization;
using System.Text.Json;
using BudgetEngine.Domain;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api;

/// <summary>A denial as a gateway passes it to the end client: by default without amounts and cost center, in the shape that the client's library knows.</summary>
internal sealed class GatewayDenial(string code, GatewayProfile profile, string requestId)
{
    /// <summary>The decision; null: refused before any was made.</summary>
    public CheckAnswer? Decision { get; init; }

    /// <summary>Of bad input.</summary>
    public Problem? Fault { get; init; }

    public string? CostCenter { get; init; }

    /// <summary>No or a wrong key: 401, whatever a profile would say.</summary>
    public bool IsKeyless { get; init; }

    public required DateTimeOffset Now { get; init; }

    private WindowView? Blocked => Decision?.BlockedBy;

    private int Status => IsKeyless ? StatusCodes.Status401Unauthorized : profile.DenyStatus ?? Words.DenialReasons.Parse(code) switch
    {
        DenialReason.BudgetExceeded => StatusCodes.Status402PaymentRequired,
        DenialReason.RateLimited => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status403Forbidden,
    };

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = profile.Format == DenialFormat.Problem ? Problem.ContentType : "application/json";
        WriteHeaders(response.Headers);
        var answer = JsonAnswer.Begin(context);
        var json = answer.Writer;
        switch (profile.Format)
        {
            case DenialFormat.OpenAi: WriteOpenAi(json); break;
            case DenialFormat.Anthropic: WriteAnthropic(json); break;
            default: WriteProblem(json); break;
        }

        return answer.SendAsync();
    }

    private void WriteHeaders(IHeaderDictionary headers)
    {
        headers["X-Budget-Decision"] = Words.Deny;
        headers["X-Budget-Code"] = code;
        headers["x-should-retry"] = "false";
        headers[RequestIds.Header] = requestId;
        if (Blocked?.ResetsAt is { } resetsAt)
        {
            headers["X-Budget-Reset"] = ((long)Math.Max(0, Math.Ceiling((resetsAt - Now).TotalSeconds))).ToString(CultureInfo.InvariantCulture);
        }

        if (Decision?.RetryAfterSeconds is { } seconds) headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
    }

    private void WriteProblem(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, Problem.TypePrefix + code);
        json.WriteString("title"u8, Title);
        json.WriteNumber("status"u8, Status);
        json.WriteString("code"u8, code);
        if (Blocked is { } blocked) json.WriteString("period"u8, Words.Periods.Of(blocked.Period));
        else json.WriteNull("period"u8);
        json.WriteTime("resets_at"u8, Blocked?.ResetsAt);
        json.WriteString("request_id"u8, requestId);
        if (profile.FullDetail) WriteDetail(json);
        json.WriteEndObject();
    }

    private void WriteDetail(Utf8JsonWriter json)
    {
        CheckAnswerJson.WriteText(json, "detail"u8, Fault?.Detail ?? Message);
        CheckAnswerJson.WriteText(json, "cost_center"u8, CostCenter);
        if (Decision is { } decision)
        {
            json.WriteMoney("estimated"u8, decision.Estimated);
            CheckAnswerJson.WriteWindow(json, "blocked_by"u8, decision.BlockedBy);
            CheckAnswerJson.WriteWindow(json, "tightest"u8, decision.Tightest);
        }

        if (Fault?.Errors is { Count: > 0 } errors) Problem.WriteErrors(json, errors);
    }

    private void WriteOpenAi(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, Message);
        json.WriteString("type"u8, "insufficient_quota"u8);
        json.WriteNull("param"u8);
        json.WriteString("code"u8, code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteAnthropic(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, "rate_limit_error"u8);
        json.WriteString("message"u8, Message);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string Title => Words.DenialReasons.Parse(code) switch
    {
        DenialReason.BudgetExceeded => "The budget is spent",
        DenialReason.Paused => "Paused",
        DenialReason.UnknownModel => "The model has no price",
        DenialReason.RateLimited => "Too many requests",
        DenialReason.TooManyReservations => "Too many open reservations",
        _ => ApiCode.Table.TryGetValue(code, out var known) ? known.Title : "Denied",
    };

    /// <summary>One sentence; what it may tell is decided by the profile.</summary>
    private string Message
    {
        get
        {
            var where = profile.FullDetail && CostCenter is not null ? $" ({CostCenter})" : "";
            var when = Blocked?.ResetsAt is { } resetsAt ? $" It resets at {resetsAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}." : "";
            return $"{Title}{where}.{when}";
        }
    }
}
