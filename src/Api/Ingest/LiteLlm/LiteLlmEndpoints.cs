using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Ingest.LiteLlm;

/// <summary><c>POST /v1/ingest/litellm</c>: what LiteLLM's <c>generic_api</c> logger sends.</summary>
internal sealed class LiteLlmEndpoints(
    Gate gate, IngestBodies bodies, CheckService checks, Resolution resolution, IOptions<IngestOptions> ingest, IOptions<LiteLlmOptions> options) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/ingest/litellm", gate.Guard(Scopes.Usage, PostAsync))
            .WithMetadata(new Operation(Tags.Usage, "LiteLLM's generic_api payload: an array, an object, or NDJSON (also as application/json)", "Scope: usage.")
                .ReadsAny(Operation.Json, typeof(LiteLlmPayloadRequest), typeof(LiteLlmPayloadRequest[])).Reads<LiteLlmPayloadRequest>(Operation.NdJson)
                .Gives<BatchResponse>()
                .Gives(StatusCodes.Status400BadRequest, "Not JSON, or a batch that breaks off", Problem.ContentType, typeof(ProblemResponse), typeof(BrokenBatchResponse)));

    private async Task<Problem?> PostAsync(HttpContext context, ApiKey caller)
    {
        // The type says JSON also where the body is NDJSON: that is how the logger sends it.
        var type = BodyReader.TypeOf(context.Request);
        if (type is not (BodyType.Json or BodyType.NdJson)) return new Problem(ApiCode.UnsupportedMediaType, "The body must be application/json or application/x-ndjson.");
        var records = new LiteLlmRecords(caller.Subtree, checks, resolution, ingest.Value.CostCenter, options.Value);
        return await bodies.PostAsync(context, caller, new RecordFormat(records.Read, options.Value.MaxRecordBytes), isLines: type == BodyType.NdJson);
    }
}
