using System.Collections.Immutable;
using System.Globalization;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Prices;

/// <summary><c>/v1/prices</c>: the price book, of the whole installation.</summary>
internal sealed class PriceEndpoints(
    Gate gate, ILedgerPrices ledger, ILedgerUsage usage, Catalog catalog, TimeProvider clock, IOptions<ApiOptions> options) : IEndpoints
{
    private const string Pattern = "/v1/prices/{**model}";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/prices", gate.Guard(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Prices, "Versions of prices", "Scope: read.")
                .Takes(Parameter.Query("model"), Parameter.Limit, Parameter.Cursor).Gives<PageResponse<PriceResponse>>());
        routes.MapGet("/v1/prices/missing", gate.Guard(Scopes.Read, MissingAsync))
            .WithMetadata(new Operation(Tags.Prices, "Models of unpriced usage, newest first", "Scope: read.")
                .Takes(Parameter.Limit).Gives<PageResponse<MissingPriceResponse>>());
        routes.MapPut(Pattern, gate.Guard(Scopes.Admin, PutAsync))
            .WithMetadata(new Operation(Tags.Prices, "Enter a version", "Scope: admin, whole installation.").Takes(Parameter.Reason).Reads<PriceRequest>()
                .Gives<PriceResponse>().Gives<PriceResponse>(StatusCodes.Status201Created, "New"));
        routes.MapDelete(Pattern, gate.Guard(Scopes.Admin, DeleteAsync))
            .WithMetadata(new Operation(Tags.Prices, "No price from an instant on", "Scope: admin, whole installation.")
                .Takes(Parameter.EffectiveFrom, Parameter.Reason).GivesNothing());
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var model = query.Text("model", TextRules.MaxModel);
        var after = query.Cursor(1, out var badCursor);
        if ((query.Problem() ?? badCursor) is { } problem) return problem;
        var versions = catalog.Current.Prices.Versions;
        var skip = 0;
        if (after is not null && !int.TryParse(after[0], NumberStyles.None, CultureInfo.InvariantCulture, out skip)) return BadCursor;
        // The place in the book: versions are only ever added, so a page may repeat an item but never misses one that was there.
        var page = versions.Select((v, i) => (Version: v, Next: i + 1)).Skip(skip).Where(v => model is null || v.Version.Model == model).Take(limit + 1).ToList();
        return await context.AnswerAsync(Page.Of(page, limit, static v => PriceResponse.Of(v.Version), static v => Cursors.Write(v.Next.ToString(CultureInfo.InvariantCulture))));
    }

    private async Task<Problem?> MissingAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        if (query.Problem() is { } problem) return problem;
        var missing = await usage.ListMissingPricesAsync(caller.Subtree.CostCenter, limit, context.RequestAborted);
        return await context.AnswerAsync(Page.Of(missing, limit, static m => new MissingPriceResponse(m.Provider, m.Model, m.Rows, m.LastSeen), static _ => ""));
    }

    private async Task<Problem?> PutAsync(HttpContext context, ApiKey caller)
    {
        if (!caller.IsWholeInstallation) return Problem.WholeInstallation;
        var faults = new FaultList();
        var model = ModelOf(context, faults);
        var draft = new PriceDraft();
        if (await JsonBody.ReadAsync(context, options.Value.MaxBodyBytes, draft, PriceDraft.Read, faults) is { } unreadable) return unreadable;
        draft.Prices.Check("", faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if ((new QueryReader(context, faults).Problem()) is { } problem) return problem;
        var now = clock.GetUtcNow();
        var isNew = !catalog.Current.Prices.VersionsOf(model).Any();
        var version = new PriceVersion(model, draft.EffectiveFrom ?? now, draft.Prices.ToPrices(), draft.MaxOutputTokens, draft.Aliases, now);
        await StoreAsync([version], AdminRequest.ContextOf(caller, clock, reason));
        return await context.AnswerAsync(PriceResponse.Of(version), isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task<Problem?> DeleteAsync(HttpContext context, ApiKey caller)
    {
        if (!caller.IsWholeInstallation) return Problem.WholeInstallation;
        var faults = new FaultList();
        var model = ModelOf(context, faults);
        var query = new QueryReader(context, faults);
        var now = clock.GetUtcNow();
        var from = query.Time("effective_from") ?? now;
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (query.Problem() is { } problem) return problem;
        if (catalog.Current.Prices.VersionAt(model, from)?.Prices is null) return new Problem(ApiCode.UnknownPrice, $"'{model}' has no price then.");
        await StoreAsync([new PriceVersion(model, from, null, null, [], now)], AdminRequest.ContextOf(caller, clock, reason));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private async Task StoreAsync(ImmutableArray<PriceVersion> versions, AdminContext admin)
    {
        await ledger.PutPricesAsync(versions, admin, CancellationToken.None);
        await catalog.RefreshAsync(CancellationToken.None);
    }

    private static string ModelOf(HttpContext context, FaultList faults)
    {
        var model = RawTarget.TailOf(context, 2, out var fault);
        fault ??= TextRules.FaultOf(model, TextRules.MaxModel);
        if (fault is null && (model!.StartsWith('/') || model.EndsWith('/') || model.Contains("//", StringComparison.Ordinal))) fault = "must not have an empty part between slashes";
        if (fault is not null) faults.Add("model", fault);
        return model ?? "";
    }

    private static readonly Problem BadCursor = new(ApiCode.InvalidCursor, "The cursor is not one that this list has answered.");
}
