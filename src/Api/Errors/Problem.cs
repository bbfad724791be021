using System.Globalization;
using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Errors;

/// <summary>An answer of 400 or above: <c>application/problem+json</c> with a code of the API.</summary>
/// <param name="Errors">By field; null: not about values.</param>
internal sealed record Problem(string Code, string Detail, IReadOnlyList<InputFault>? Errors = null)
{
    public const string ContentType = "application/problem+json";
    public const string TypePrefix = "urn:budget-engine:problem:";

    /// <summary>What a caller is told to wait before it repeats; outages are over in seconds or not soon.</summary>
    public const int RetryAfterSeconds = 1;

    /// <summary>Seconds after which a repeat helps; null: as the status says.</summary>
    public int? RetryAfter { get; init; }

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
        if (RetryAfter is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (status == StatusCodes.Status401Unauthorized && !RawTarget.IsAuthorize(context)) response.Headers.WWWAuthenticate = "Bearer";
        return JsonAnswer.SendAsync(context, ProblemResponse.Of(this, requestId));
    }
}
