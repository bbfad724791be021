using System.Buffers;
using System.Globalization;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reconciliation;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Reconciliation;

/// <summary><c>POST /v1/reconcile</c>: an invoice against the ledger. Changes nothing: what would settle a difference is told, not done.</summary>
internal sealed class ReconcileEndpoints(Gate gate, ILedgerInvoiced ledger, Catalog catalog, Tenants tenants, Resolution resolution, TimeProvider clock, BodyReader bodies) : IEndpoints
{
    private const string Csv = "text/csv";

    private const decimal DefaultTolerance = 0.001m;

    private static readonly Parameter Tolerance = new("tolerance", "query", static () => new() { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 1, ["default"] = DefaultTolerance })
    {
        Description = "Amounts are the same when they differ by at most this share of the larger.",
    };

    private static readonly Problem WrongType = new(ApiCode.UnsupportedMediaType, $"The body must be {Csv} or {Operation.NdJson}.");

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/reconcile", gate.GuardRead(Scopes.Read, ReconcileAsync))
            .WithMetadata(new Operation(Tags.Reports, "Compare an invoice with the ledger", "Scope: read. Changes nothing.")
                .Takes(Parameter.From with { IsRequired = true }, Parameter.To with { IsRequired = true }, Parameter.CostCenter, Parameter.Query("provider"), Tolerance)
                .Reads<InvoiceLineRequest>(Operation.NdJson).Reads<string>(Csv).Gives<ReconcileResponse>());

    private async Task<Problem?> ReconcileAsync(HttpContext context, ApiKey caller)
    {
        var type = BodyReader.TypeOf(context.Request);
        if (type is not (BodyType.Csv or BodyType.NdJson)) return WrongType;
        var faults = new FaultList();
        var query = new QueryReader(context, faults);
        var range = query.Range();
        foreach (var bound in (string[])["from", "to"])
        {
            if (!context.Request.Query.ContainsKey(bound)) faults.Add(bound, "is required");
        }

        var asked = query.CostCenter("cost_center");
        var tolerance = ToleranceOf(query);
        var lines = new InvoiceLines(tenants.CalendarOf(asked?.Path ?? caller.Subtree.CostCenter), resolution, faults);
        lines.Expect(query.Text("provider"));
        var body = await bodies.ReadWholeAsync(context);
        if (body.Problem is not null) return body.Problem;
        var bytes = body.Bytes.ToArray();
        body.Release();
        if (type == BodyType.Csv) CsvInvoice.Read(bytes, lines, faults);
        else JsonInvoice.Read(bytes, lines, faults);
        if (query.Problem() is { } problem) return problem;
        if (caller.Under(asked, out var under) is { } outside) return outside;
        return await CompareAsync(context, lines, new InvoicedFilter(range, under, lines.Provider, lines.Grouping), tolerance);
    }

    private async Task<Problem?> CompareAsync(HttpContext context, InvoiceLines lines, InvoicedFilter filter, decimal tolerance)
    {
        var (book, now) = (catalog.Current.Prices, clock.GetUtcNow());
        // Senders and invoices spell the same model differently; where both find the same price it is one.
        var comparison = new Comparison(resolution, tolerance, (provider, model) => book.Find(provider, model, now)?.Model ?? model);
        for (var i = 0; i < lines.Lines.Count; i++)
        {
            if (!comparison.TryAdd(lines.Lines[i])) return Problem.Fault($"lines[{i}].cost", $"with the lines about the same is above {resolution.ToText(Money.MaxInput)}");
        }

        var settlements = new Settlements(filter.CostCenter, filter.Range, lines.Calendar);
        var (missing, extra, price) = (new MismatchList(settlements, resolution), new MismatchList(settlements, resolution), new MismatchList(settlements, resolution));
        await foreach (var spend in ledger.ReadInvoicedAsync(filter, context.RequestAborted))
        {
            if (!comparison.TryAdd(spend, extra.Add)) return Problem.Fault("to", $"makes a range with more than {Comparison.MaxGroups} models; take a shorter one");
        }

        foreach (var mismatch in comparison.End()) (mismatch.Kind switch { MismatchKind.Missing => missing, MismatchKind.Extra => extra, _ => price }).Add(mismatch);
        var recorded = (decimal)comparison.RecordedNanos / resolution.PerUnit;
        var query = context.Request.Query;
        return await context.AnswerAsync(new ReconcileResponse(
            query["from"]!, query["to"]!, filter.CostCenter, filter.Provider, tolerance, lines.Lines.Count, comparison.Invoiced, recorded, comparison.Invoiced - recorded, comparison.Matched,
            missing.ToResponse(), extra.ToResponse(), price.ToResponse(), lines.Ignored));
    }

    private static decimal ToleranceOf(QueryReader query)
    {
        if (query.Text("tolerance") is not { } text) return DefaultTolerance;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1) return share;
        query.Faults.Add("tolerance", "must be 0 to 1");
        return DefaultTolerance;
    }
}
