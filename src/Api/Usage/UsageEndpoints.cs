using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Wording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Usage;

/// <summary><c>POST /v1/usage</c>: one record, an array, or a stream of NDJSON.</summary>
internal sealed class UsageEndpoints(
    Gate gate, UsageService usage, NextDecision next, IntakeLimits limits, ILogger<UsageEndpoints> logger) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/usage", gate.Guard(Scopes.Usage, PostAsync))
            .WithMetadata(new Operation(Tags.Usage, "Record usage: one object, an array, or NDJSON", "Scope: usage.")
                .ReadsAny(Operation.Json, typeof(UsageRecordRequest), typeof(UsageRecordRequest[])).Reads<UsageRecordRequest>(Operation.NdJson)
                .Gives(StatusCodes.Status200OK, "Done", Operation.Json, typeof(UsageResponse), typeof(BatchResponse))
                .Gives(StatusCodes.Status400BadRequest, "Not valid, or a batch that breaks off", Problem.ContentType, typeof(ProblemResponse), typeof(BrokenBatchResponse))
                .Gives(StatusCodes.Status413PayloadTooLarge, "Too large, or too many records", Problem.ContentType, typeof(ProblemResponse), typeof(BrokenBatchResponse)));

    private async Task<Problem?> PostAsync(HttpContext context, ApiKey caller)
    {
        var type = RequestBody.TypeOf(context.Request);
        if (type is not (BodyType.Json or BodyType.NdJson)) return new Problem(ApiCode.UnsupportedMediaType, "The body must be application/json or application/x-ndjson.");
        var maxBodyBytes = limits.MaxBodyBytes;
        if (type == BodyType.Json && context.Request.ContentLength > maxBodyBytes) return RequestBody.TooLarge(maxBodyBytes);

        // Our own limits count while reading; the server's would cut a stream.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
        if (RequestBody.Open(context, out var problem) is not { } reader) return problem;
        var intake = new UsageIntake(reader, limits.Usage, maxBodyBytes);
        return type == BodyType.NdJson
            ? await PostAllAsync(context, caller, intake, isArray: false, first: null)
            : await PostJsonAsync(context, caller, intake);
    }

    private async Task<Problem?> PostJsonAsync(HttpContext context, ApiKey caller, UsageIntake intake)
    {
        UsageInput? first;
        try
        {
            (first, var problem) = await intake.ReadFirstAsync();
            if (problem is not null) return problem;
            if (intake.IsArray) return await PostAllAsync(context, caller, intake, isArray: true, first: null);
            if (first!.Unreadable is { Code: ApiCode.MalformedJson } malformed) return new Problem(malformed.Code, malformed.Detail);
            if (!await intake.HasMoreAsync()) return await PostOneAsync(context, caller, first);
        }
        catch (InvalidDataException)
        {
            // Safe: no record has been read whole.
            return new Problem(ApiCode.MalformedJson, "The body is not valid gzip.");
        }

        // More than one object: the rest is taken line by line.
        return await PostAllAsync(context, caller, intake, isArray: false, first);
    }

    private async Task<Problem?> PostOneAsync(HttpContext context, ApiKey caller, UsageInput record)
    {
        var result = (await usage.PostAsync([record], caller.Subtree, bulk: false, CancellationToken.None))[0];
        if (result.Kind == UsageResultKind.Rejected) return result.ToProblem();
        var decision = await next.AskAsync(record, caller);
        return await context.AnswerAsync(new UsageResponse(
            result.RequestId, result.Kind, result.Cost, result.Flags, Words.Decision(decision is null || decision.Allowed), WindowResponse.OfAny(decision?.Tightest),
            record.Ignored));
    }

    private async Task<Problem?> PostAllAsync(HttpContext context, ApiKey caller, UsageIntake intake, bool isArray, UsageInput? first)
    {
        var options = limits.Usage;
        var batch = new UsageBatch(usage, caller.Subtree, options, listAll: isArray, logger);
        if (first is not null) await batch.AddAsync(first);
        var splitter = isArray ? RecordSplitter.Array(options.MaxRecordBytes) : RecordSplitter.Lines(options.MaxRecordBytes);
        var problem = await intake.ReadAllAsync(splitter, isArray, batch);
        await batch.CompleteAsync();
        if (problem is null) return await context.AnswerAsync(batch.ToResponse());
        context.Response.ContentType = Problem.ContentType;
        return await context.AnswerAsync(
            new BrokenBatchResponse(ProblemResponse.Of(problem, RequestIds.Of(context)), batch.ToResponse()), ApiCode.StatusOf(problem.Code));
    }
}
