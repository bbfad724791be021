using System.Buffers;
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

namespace BudgetEngine.Api.Ingest.CloudEvents;

/// <summary><c>POST /v1/ingest/cloudevents</c>: one event, a batch, or an event whose attributes are headers.</summary>
internal sealed class CloudEventEndpoints(Gate gate, IngestBodies bodies, IntakeLimits limits, Resolution resolution, IOptions<IngestOptions> options) : IEndpoints
{
    private const string Event = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/ingest/cloudevents", gate.Guard(Scopes.Usage, PostAsync))
            .WithMetadata(new Operation(Tags.Usage, "CloudEvents whose data are usage records: structured, batch, or binary (attributes in ce- headers)", "Scope: usage.")
                .Takes(Parameter.Header("ce-specversion"), Parameter.Header("ce-id"), Parameter.Header("ce-source"), Parameter.Header("ce-type"), Parameter.Header("ce-subject"), Parameter.Header("ce-time"))
                .Reads<CloudEventRequest>(Event).Reads<CloudEventRequest[]>(Batch).Reads<UsageRecordRequest>(Operation.Json)
                .Gives<BatchResponse>()
                .Gives(StatusCodes.Status400BadRequest, "Not JSON, or a batch that breaks off", Problem.ContentType, typeof(ProblemResponse), typeof(BrokenBatchResponse)));

    private async Task<Problem?> PostAsync(HttpContext context, ApiKey caller)
    {
        var type = BodyReader.TypeOf(context.Request);
        var records = new CloudEventRecords(caller.Subtree, resolution, options.Value.CostCenter);
        if (type == BodyType.CloudEvents) return await bodies.PostAsync(context, caller, Format((in json) => CloudEventJson.Read(json, records)), isLines: false);
        if (type != BodyType.Json || !CloudEventHeaders.Are(context.Request.Headers))
        {
            return new Problem(ApiCode.UnsupportedMediaType, $"The body must be {Event} or {Batch}, or application/json with the attributes in ce- headers.");
        }

        var attributes = CloudEventHeaders.Read(context.Request.Headers);
        return await bodies.PostAsync(context, caller, Format((in json) => records.Of(attributes, json.ToArray())), isLines: false);
    }

    private RecordFormat Format(RecordReader read) => new(read, limits.Usage.MaxRecordBytes);
}
