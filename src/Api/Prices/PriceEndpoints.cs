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

namespace BudgetEngine.Api.Prices;

/// <summary><c>/v1/prices</c>: the price book, of the whole installation.</summary>
internal sealed class PriceEndpoints(
    Gate gate, ILedgerPrices ledger, ILedgerUsage usage, Catalog catalog, TimeProvider clock, BodyReader bodies) : IEndpoints
{
    private const string Pattern = "/v1/prices/{**model}";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/prices", gate.GuardRead(Scopes.Read, ListAsync))
            .WithMetadata(new Operation(Tags.Prices, "Versions of prices", "Scope: read.")
                .Takes(Parameter.Query("model"), Parameter.Limit, Parameter.Cursor).Gives<PageResponse<PriceResponse>>());
        routes.MapGet("/v1/prices/missing", gate.GuardRead(Scopes.Read, MissingAsync))
            .WithMetadata(new Operation(Tags.Prices, "Models of unpriced usage, newest first", "Scope: read.")
                .Takes(Parameter.Limit).Gives<PageResponse<MissingPriceResponse>>());
        routes.MapPut(Pattern, gate.Guard(Scopes.Admin, PutAsync))
            .WithMetadata(new Operation(Tags.Prices, "Enter a version", "Scope: admin, whole installation.").Takes(Parameter.Reason).Reads<PriceRequest>()
                .Shows("""{ "input": 2, "output": 8, "cached_input": 0.5 }""")
                .Gives<PriceResponse>().Gives<PriceResponse>(StatusCodes.Status201Created, "New"));
        routes.MapPatch(Pattern, gate.Guard(Scopes.Admin, PatchAsync))
            .WithMetadata(new Operation(Tags.Prices, "Enter a version that changes a part of the one in force (RFC 7396)", "Scope: admin, whole installation.").Takes(Parameter.Reason)
                .Reads<PriceRequest>(Operation.Json, Operation.MergePatch).Gives<PriceResponse>());
        routes.MapDelete(Pattern, gate.Guard(Scopes.Admin, DeleteAsync))
            .WithMetadata(new Operation(Tags.Prices, "No price from now on; with effective_from, that version as if it had never been entered", "Scope: admin, whole installation.")
                .Takes(Parameter.EffectiveFrom, Parameter.Reason).GivesNothing());
    }

    private async Task<Problem?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        var model = query.Text("model", TextRules.MaxModel);
        var after = query.Cursor(3, out var badCursor);
        if ((query.Problem() ?? badCursor) is { } problem) return problem;
        IEnumerable<PriceVersion> versions = catalog.Current.Prices.Versions;
        if (after is not null)
        {
            if (!long.TryParse(after[1], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || !long.TryParse(after[2], NumberStyles.None, CultureInfo.InvariantCulture, out var entry)) return BadCursor;
            // By value and not by place: a version may be taken back, and a page must not miss one for it.
            versions = versions.SkipWhile(v => (string.CompareOrdinal(v.Model, after[0]), v.EffectiveFrom.UtcTicks, v.Entry).CompareTo((0, ticks, entry)) <= 0);
        }

        var page = versions.Where(v => model is null || v.Model == model).Take(limit + 1).ToList();
        return await context.AnswerAsync(Page.Of(page, limit, PriceResponse.Of, static v => Cursors.Write(v.Model, Number(v.EffectiveFrom.UtcTicks), Number(v.Entry))));
    }

    private async Task<Problem?> MissingAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var limit = query.Limit();
        if (query.Problem() is { } problem) return problem;
        var (book, now) = (catalog.Current.Prices, clock.GetUtcNow());
        var missing = await usage.ListMissingPricesAsync(caller.Subtree.CostCenter, limit, context.RequestAborted);
        return await context.AnswerAsync(Page.Of(missing, limit, m => new MissingPriceResponse(m.Provider, m.Model, m.Rows, m.LastSeen, m.Cost, book.NearestTo(m.Model, now), book.WhyUntaken(m.Provider, m.Model)), static _ => ""));
    }

    private Task<Problem?> PutAsync(HttpContext context, ApiKey caller) => EnterAsync(context, caller, isPart: false);

    private Task<Problem?> PatchAsync(HttpContext context, ApiKey caller) => EnterAsync(context, caller, isPart: true);

    /// <param name="isPart">What is not sent stays as it is in the version in force.</param>
    private async Task<Problem?> EnterAsync(HttpContext context, ApiKey caller, bool isPart)
    {
        if (!caller.IsWholeInstallation) return Problem.WholeInstallation;
        var faults = new FaultList();
        var model = ModelOf(context, faults);
        var inForce = isPart ? catalog.Current.Prices.VersionAt(model, clock.GetUtcNow()) : null;
        if (isPart && inForce?.Prices is null && !faults.Any) return new Problem(ApiCode.UnknownPrice, $"'{model}' has no price now.");
        var draft = new PriceDraft(inForce);
        if (await JsonBody.ReadAsync(context, bodies, draft, PriceDraft.Read, faults) is { } unreadable) return unreadable;
        draft.Prices.Check("", faults);
        var reason = AdminRequest.ReasonOf(context, draft.Reason, faults);
        if ((new QueryReader(context, faults).Problem()) is { } problem) return problem;
        var now = clock.GetUtcNow();
        var isNew = !catalog.Current.Prices.VersionsOf(model).Any();
        var version = new PriceVersion(model, draft.EffectiveFrom ?? now, draft.Prices.ToCard(), draft.MaxOutputTokens, draft.Aliases, now);
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
        var from = query.Time("effective_from");
        var reason = AdminRequest.ReasonOf(context, null, faults);
        if (query.Problem() is { } problem) return problem;
        var admin = AdminRequest.ContextOf(caller, clock, reason);
        if (from is { } entered)
        {
            if (!await ledger.TakeBackPriceAsync(model, entered, admin, CancellationToken.None)) return new Problem(ApiCode.UnknownPrice, $"'{model}' has no version from exactly then on.");
            await catalog.RefreshAsync(CancellationToken.None);
        }
        else
        {
            if (catalog.Current.Prices.VersionAt(model, now)?.Prices is null) return new Problem(ApiCode.UnknownPrice, $"'{model}' has no price now.");
            await StoreAsync([new PriceVersion(model, now, null, null, [], now)], admin);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

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
