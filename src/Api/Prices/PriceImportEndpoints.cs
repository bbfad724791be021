using System.Buffers;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Prices.Import;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Prices;

/// <summary><c>POST /v1/prices/import</c>: LiteLLM's price file into the price book, or with <c>dry_run=true</c> what that would do.</summary>
internal sealed class PriceImportEndpoints(Gate gate, ILedgerPrices ledger, Catalog catalog, Resolution resolution, TimeProvider clock, BodyReader bodies, IOptions<PriceOptions> plausible) : IEndpoints
{
    private static readonly Parameter DryRun = new("dry_run", "query", static () => new JsonObject { ["type"] = "boolean" });

    private static readonly Parameter Accept = Parameter.Query("accept") with { Description = "outliers, free, or both with a comma: taken though they are set apart" };

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/prices/import", gate.Guard(Scopes.Admin, ImportAsync))
            .WithMetadata(new Operation(Tags.Prices, "Take LiteLLM's price file", "Scope: admin, whole installation.")
                .Takes(Parameter.OneOf("format", "litellm") with { IsRequired = true }, DryRun, Accept, Parameter.EffectiveFrom, Parameter.Reason)
                .Reads<object>().Gives<ImportResponse>());

    private async Task<Problem?> ImportAsync(HttpContext context, ApiKey caller)
    {
        if (!caller.IsWholeInstallation) return Problem.WholeInstallation;
        var faults = new FaultList();
        var query = new QueryReader(context, faults);
        if (query.Text("format") is var format && format != "litellm") faults.Add("format", "must be litellm");
        var dryRun = query.Flag("dry_run");
        var accept = ReadAccept(query);
        var asked = query.Time("effective_from");
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (query.Problem() is { } problem) return problem;
        var body = await JsonBody.OpenAsync(context, bodies);
        if (body.Problem is not null) return body.Problem;
        var now = clock.GetUtcNow();
        PriceImport import;
        try
        {
            import = LiteLlmImport.Read(body.Bytes.ToArray(), asked ?? now, now, catalog.Current.Prices, accept);
        }
        finally
        {
            body.Release();
        }

        if (import.Fault is { } fault) return new Problem(ApiCode.MalformedJson, fault);
        if (!dryRun)
        {
            await ledger.PutImportAsync([.. import.Versions], [.. import.Untaken], [.. import.Taken], AdminRequest.ContextOf(caller, clock, reason), CancellationToken.None);
            await catalog.RefreshAsync(CancellationToken.None);
        }

        return await context.AnswerAsync(ImportResponse.Of(import, dryRun));
    }

    private ImportAcceptance ReadAccept(QueryReader query)
    {
        var words = query.Text("accept")?.Split(',') ?? [];
        if (words.Except(["outliers", "free"]).Any()) query.Faults.Add("accept", "must be outliers, free, or both with a comma between them");
        return new ImportAcceptance(plausible.Value.ToPlausible(resolution), words.Contains("outliers"), words.Contains("free"));
    }
}
