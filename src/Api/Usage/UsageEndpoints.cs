using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Api.Usage.Quotas;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Wording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Usage;

/// <summary><c>POST /v1/usage</c>: one record, an array, or a stream of NDJSON.</summary>
internal sealed class UsageEndpoints(
    Gate gate, UsageService usage, UsageBatches batches, UsageQuotas quotas, NextDecision next, IntakeLimits limits, Resolution resolution) : IEndpoints
{
    private readonly RecordFormat _format = new((in record) => UsageJson.Read(record, resolution), limits.Usage.MaxRecordBytes, limits.MaxBodyBytes, limits.Usage.MaxBatchRecords);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/usage", gate.GuardEnding(Scopes.Usage, PostAsync))
            .WithMetadata(new Operation(Tags.Usage, "Record usage: one object, an array, or NDJSON", "Scope: usage. A key that has ended since the check may settle what is still held.")
                .ReadsAny(Operation.Json, typeof(UsageRecordRequest), typeof(UsageRecordRequest[])).Reads<UsageRecordRequest>(Operation.NdJson)
                .Shows("""{ "request_id": "openapi-example", "cost_center": "acme/engineering/search", "user": "u-17", "model": "gpt-4.1", "cost": 0.0123 }""")
                .Gives(StatusCodes.Status200OK, "Done", Operation.Json, typeof(UsageResponse), typeof(BatchResponse))
                .Gives(StatusCodes.Status400BadRequest, "Not valid, or a batch that breaks off", Problem.ContentType, typeof(ProblemResponse), typeof(BrokenBatchResponse))
                .Gives(StatusCodes.Status413PayloadTooLarge, "Too large, or too many records", Problem.ContentType, typeof(ProblemResponse), typeof(BrokenBatchResponse)));

    private async Task<Problem?> PostAsync(HttpContext context, ApiKey caller)
    {
        var type = BodyReader.TypeOf(context.Request);
        if (type is not (BodyType.Json or BodyType.NdJson)) return new Problem(ApiCode.UnsupportedMediaType, "The body must be application/json or application/x-ndjson.");
        if (quotas.Exhausted(caller.Subtree) is { } full) return full;
        var maxBodyBytes = limits.MaxBodyBytes;
        if (type == BodyType.Json && context.Request.ContentLength > maxBodyBytes) return BodyReader.TooLarge(maxBodyBytes);
        if (batches.Open(context, _format, out var problem) is not { } intake) return problem;
        using var reading = intake;
        return type == BodyType.NdJson
            ? await batches.PostAllAsync(context, caller, intake, isArray: false, first: null, listAll: false)
            : await PostJsonAsync(context, caller, intake);
    }

    private async Task<Problem?> PostJsonAsync(HttpContext context, ApiKey caller, UsageIntake intake)
    {
        UsageInput? first;
        try
        {
            (first, var problem) = await intake.ReadFirstAsync();
            if (problem is not null) return problem;
            if (intake.IsArray) return await batches.PostAllAsync(context, caller, intake, isArray: true, first: null, listAll: true);
            if (first!.Unreadable is { Code: ApiCode.MalformedJson } malformed) return new Problem(malformed.Code, malformed.Detail);
            if (!await intake.HasMoreAsync()) return await PostOneAsync(context, caller, first);
        }
        catch (BodyRefusedException refused)
        {
            return refused.Problem;
        }
        catch (InvalidDataException)
        {
            // Safe: no record has been read whole.
            return new Problem(ApiCode.MalformedJson, "The body is not valid gzip.");
        }

        // More than one object: the rest is taken line by line.
        return await batches.PostAllAsync(context, caller, intake, isArray: false, first, listAll: false);
    }

    private async Task<Problem?> PostOneAsync(HttpContext context, ApiKey caller, UsageInput record)
    {
        var ended = gate.HasEnded(context, caller);
        var result = (await usage.PostAsync([record], caller.Subtree, bulk: false, CancellationToken.None, ended))[0];
        if (!ended) quotas.Announce(context, caller.Subtree, result.Kind == UsageResultKind.Rejected ? null : record.CostCenter?.ToLowerInvariant());
        if (result.Kind == UsageResultKind.Rejected) return result.ToProblem();
        // Who may check no more would be denied, and is told no figures.
        var decision = ended ? null : await next.AskAsync(record, caller);
        await JsonAnswer.SendAsync(context, resolution, new UsageResponse(
            result.RequestId, result.Kind, result.Cost, result.Flags, Words.Decision(!ended && (decision is null || decision.Allowed)), WindowResponse.OfAny(decision?.Tightest),
            record.Ignored, result.UnpricedBecause, result.New ? true : null, result.Nearest));
        return null;
    }
}
