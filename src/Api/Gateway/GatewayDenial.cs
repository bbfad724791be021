using System.Buffers;
using System.Globalization;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Wording;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Gateway;

/// <summary>A denial as a gateway passes it to the end client: by default without amounts and cost center, in the shape that the client's library knows.</summary>
internal sealed class GatewayDenial(string code, GatewayProfile profile, Resolution resolution, string requestId)
{
    /// <summary>What the end client may be told, in a sentence.</summary>
    public const string MessageHeader = "X-Budget-Message";

    /// <summary>The code of the API, or the reason of the decision.</summary>
    public string Code => code;

    /// <summary>The decision; null: refused before any was made.</summary>
    public CheckAnswer? Decision { get; init; }

    /// <summary>Of bad input.</summary>
    public Problem? Fault { get; init; }

    public string? CostCenter { get; init; }

    /// <summary>No or a wrong key: 401, whatever a profile would say.</summary>
    public bool IsKeyless { get; init; }

    public required DateTimeOffset Now { get; init; }

    private WindowView? Blocked => Decision?.BlockedBy;

    public int Status => IsKeyless ? StatusCodes.Status401Unauthorized : profile.DenyStatus ?? Words.DenialReasons.Parse(code) switch
    {
        DenialReason.BudgetExceeded => StatusCodes.Status402PaymentRequired,
        DenialReason.RateLimited => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status403Forbidden,
    };

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        WriteHeaders(response.Headers);
        response.ContentLength = WriteBody(response.BodyWriter);
        return response.BodyWriter.FlushAsync().AsTask();
    }

    /// <returns>The bytes written.</returns>
    public long WriteBody(IBufferWriter<byte> output) => profile.Format switch
    {
        DenialFormat.OpenAi => JsonAnswer.Write(output, null, new OpenAiDenialResponse(new OpenAiErrorResponse(Message, "insufficient_quota", null, code))),
        DenialFormat.Anthropic => JsonAnswer.Write(output, null, new AnthropicDenialResponse("error", new AnthropicErrorResponse("rate_limit_error", Message))),
        _ => JsonAnswer.Write(output, resolution, ToResponse()),
    };

    /// <summary>The headers of the denial, its content type among them.</summary>
    public void WriteHeaders(IHeaderDictionary headers)
    {
        headers.ContentType = profile.Format == DenialFormat.Problem ? Problem.ContentType : "application/json";
        headers["X-Budget-Decision"] = Words.Deny;
        headers["X-Budget-Code"] = code;
        headers["x-should-retry"] = "false";
        headers[RequestIds.Header] = requestId;
        if (Blocked?.ResetsAt is { } resetsAt)
        {
            headers["X-Budget-Reset"] = ((long)Math.Max(0, Math.Ceiling((resetsAt - Now).TotalSeconds))).ToString(CultureInfo.InvariantCulture);
        }

        // Neither quotes nor names of users: a gateway may put it into JSON of its own.
        if (Decision is { } decision) headers[MessageHeader] = TextOf(decision).ForEndClient;
        if (Decision?.RetryAfterSeconds is { } seconds) headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (Decision?.RateLimit is { } limit) WriteRateLimit(headers, limit, Decision.RetryAfterSeconds);
    }

    /// <summary>As in the IETF's draft of RateLimit headers. A limit above the key's subtree is named, and no more.</summary>
    private static void WriteRateLimit(IHeaderDictionary headers, WindowView limit, long? seconds)
    {
        var name = Words.MinuteMeters.Of(limit.Minute);
        var left = limit.Hidden ? 0 : MinuteLimitResponse.LeftOf(limit);
        headers["RateLimit"] = seconds is { } wait ? string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={left};t={wait}") : string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={left}");
        if (!limit.Hidden) headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={limit.Limit.Nanos};w=60");
    }

    private GatewayDenialResponse ToResponse()
    {
        var answer = new GatewayDenialResponse(
            Problem.TypePrefix + code, Title, Status, code, Blocked?.Period, Blocked?.ResetsAt, requestId, Decision is null ? null : Message, default, null, default, default, null);
        if (!profile.FullDetail) return answer;
        answer = answer with { Detail = Fault?.Detail ?? Message, CostCenter = CostCenter, Errors = ProblemResponse.ByField(Fault?.Errors) };
        return Decision is not { } decision ? answer : answer with
        {
            Estimated = decision.Estimated, BlockedBy = WindowResponse.OfAny(decision.BlockedBy), Tightest = WindowResponse.OfAny(decision.Tightest),
        };
    }

    private string Title => Decision is { } decision ? TextOf(decision).Title : ApiCode.Table.TryGetValue(code, out var known) ? known.Title : "Denied";

    /// <summary>What it may tell is decided by the profile.</summary>
    private string Message => Decision is not { } decision ? $"{Title}." : profile.FullDetail ? TextOf(decision).ForCaller : TextOf(decision).ForEndClient;

    private DenialText TextOf(CheckAnswer decision) => new(decision, resolution, Now);
}
