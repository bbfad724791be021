using System.Globalization;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Usage.Quotas;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Usage;

/// <summary>Bodies of many records: opened without the server's limit, read to their end, and answered.</summary>
internal sealed class UsageBatches(
    Gate gate, UsageService usage, UsageQuotas quotas, BodyReader bodies, IntakeShares shares, IntakeLimits limits, ILogger<UsageBatches> logger)
{
    /// <summary>Our own limits count while reading; the server's would cut a stream.</summary>
    public UsageIntake? Open(HttpContext context, RecordFormat format, out Problem? problem)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
        return bodies.OpenParts(context, out problem) is { } parts ? new UsageIntake(parts, format) : null;
    }

    /// <summary>Reads what is left of the body and answers what became of each record.</summary>
    /// <param name="first">A record that has been read already.</param>
    /// <param name="listAll">Those that were recorded are listed, too.</param>
    public Task<Problem?> PostAllAsync(HttpContext context, ApiKey caller, UsageIntake intake, bool isArray, UsageInput? first, bool listAll) =>
        shares.RunAsync(context, caller, (_, _) => PostInTurnAsync(context, caller, intake, isArray, first, listAll));

    private async Task<Problem?> PostInTurnAsync(HttpContext context, ApiKey caller, UsageIntake intake, bool isArray, UsageInput? first, bool listAll)
    {
        var batch = new UsageBatch(usage, caller.Subtree, () => gate.HasEnded(context, caller), limits.Usage, listAll, logger);
        if (first is not null) await batch.AddAsync(first, 0);
        var problem = await intake.ReadAllAsync(isArray, batch);
        await batch.CompleteAsync();
        // Lines of which none is JSON, under the type of JSON, are no lines.
        if (first?.Unreadable is { Code: ApiCode.MalformedJson } malformed && batch.IsNoJson) return new Problem(malformed.Code, malformed.Detail);
        problem ??= batch.MustEnd;
        if (batch.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (!caller.HasEnded) quotas.Announce(context, caller.Subtree, null);
        var whole = batch.ToResponse();
        var (response, results) = (whole with { Results = [] }, whole.Results);
        if (problem is null) return await context.AnswerWithListAsync(response, results);
        context.Response.ContentType = Problem.ContentType;
        return await context.AnswerWithListAsync(
            new BrokenBatchResponse(ProblemResponse.Of(problem, RequestIds.Of(context)), response), results, ApiCode.StatusOf(problem.Code));
    }
}
