using System.Globalization;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Exports;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Usage;

/// <summary><c>GET /v1/usage</c> (pages) and <c>GET /v1/export/usage</c> (one stream).</summary>
internal sealed class UsageListEndpoints(Gate gate, ILedgerUsage ledger, IEnumerable<IExportFormat> formats, Resolution resolution) : IEndpoints
{
    /// <summary>The first is the default.</summary>
    private static readonly string[] _formats = ["ndjson", "csv", "parquet", "focus"];

    /// <summary>Bytes written before the client must have taken some: an export never fills memory.</summary>
    private const int FlushBytes = 64 * 1024;

    private static readonly Parameter TagParameter = new(
        "tag", "query", static () => new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" } }, "As tag.feature=search");

    private static readonly Parameter MinCost = new("min_cost", "query", static () => new JsonObject { ["$ref"] = "#/components/schemas/Amount" });

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/usage", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Usage, "Rows of usage", "Scope: read.")
                .Takes(
                    Parameter.From, Parameter.To, Parameter.CostCenter, Parameter.User, Parameter.Query("session"), Parameter.Query("model"), Parameter.Query("provider"),
                    Parameter.Query("status"), Parameter.Query("request_path"), TagParameter, MinCost, Parameter.OneOf("sort", "-recorded_at", "-cost"), Parameter.Limit, Parameter.Cursor)
                .Gives<PageResponse<UsageRowResponse>>());
        routes.MapGet("/v1/export/usage", gate.GuardRead(Scopes.Read, ExportAsync))
            .WithMetadata(new Operation(Tags.Usage, "All rows of a range, streamed", "Scope: read.")
                .Takes(Parameter.From, Parameter.To, Parameter.CostCenter, Parameter.OneOf("format", _formats))
                .Gives<UsageRowResponse>(description: "One row per line", contentType: Operation.NdJson).Gives<string>(contentType: "text/csv"));
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var after = query.Cursor(1, out var badCursor);
        var skip = 0;
        if (after is not null && !int.TryParse(after[0], NumberStyles.None, CultureInfo.InvariantCulture, out skip))
        {
            badCursor = new Problem(ApiCode.InvalidCursor, "The cursor is not one that this list has answered.");
        }

        var asked = query.CostCenter("cost_center");
        var filter = ReadFilter(query, skip, limit + 1);
        if ((query.Problem() ?? badCursor ?? caller.Under(asked, out _)) is { } problem) return problem;
        caller.Under(asked, out var under);
        var rows = await ledger.ReadUsageAsync(filter with { CostCenter = under }, context.RequestAborted);
        return await context.AnswerAsync(Page.Of(rows, limit, UsageRowResponse.Of, _ => Cursors.Write((skip + limit).ToString(CultureInfo.InvariantCulture))));
    }

    private UsageFilter ReadFilter(QueryReader query, int skip, int limit)
    {
        var range = query.Range();
        var status = query.Text("status");
        var parsed = Words.UsageStatuses.Parse(status);
        if (status is not null && parsed is null) query.Faults.Add("status", $"must be one of {string.Join(", ", Words.UsageStatuses.All)}");
        return new UsageFilter(
            range.From, range.To, null, query.Text("user", TextRules.MaxUser), query.Text("session", TextRules.MaxUser), query.Text("model", TextRules.MaxModel),
            query.Text("provider"), parsed, query.Text("request_path", 256), query.Prefixed("tag."), query.Amount("min_cost", resolution),
            query.Word("sort", "-recorded_at", "-cost") == "-cost", skip, limit)
        {
            Since = range.Since, Until = range.Until,
        };
    }

    private async Task<Problem?> ExportAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var format = query.Word("format", _formats);
        var range = query.Range();
        var asked = query.CostCenter("cost_center");
        if ((query.Problem() ?? caller.Under(asked, out _)) is { } problem) return problem;
        caller.Under(asked, out var under);
        if (formats.FirstOrDefault(f => f.Name == format) is { } other)
        {
            await other.WriteAsync(context, range, under);
            return null;
        }

        var rows = ledger.ExportUsageAsync(range, under, context.RequestAborted);
        var output = context.Response.BodyWriter;
        var pending = 0L;
        var started = false;
        // The first row is read before the answer begins: an outage is then a problem and not a broken stream.
        await foreach (var row in rows)
        {
            if (!started) Start(context);
            started = true;
            pending += WriteLine(output, row);
            if (pending < FlushBytes) continue;
            await output.FlushAsync(context.RequestAborted);
            pending = 0;
        }

        if (!started) Start(context);
        await output.FlushAsync(context.RequestAborted);
        return null;
    }

    private static void Start(HttpContext context) => context.Response.ContentType = "application/x-ndjson";

    private long WriteLine(System.IO.Pipelines.PipeWriter output, UsageRow row)
    {
        var bytes = JsonAnswer.Write(output, resolution, UsageRowResponse.Of(row));
        output.GetSpan(1)[0] = (byte)'\n';
        output.Advance(1);
        return bytes + 1;
    }
}
