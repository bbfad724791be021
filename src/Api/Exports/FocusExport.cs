using System.Text.Json;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Exports;

/// <summary>
/// FOCUS 1.3 as CSV: a row per cost center, date, model and kind of tokens. Costs are those that were booked, split by kind of tokens with the rates of the price book;
/// the rows of a model come to its cost, to the nano-unit. Columns that FOCUS does not have begin with <c>x_</c>.
/// </summary>
internal sealed class FocusExport(ExportedRows exported, LiveNodes nodes, Catalog catalog, Resolution resolution, IOptions<InstallationOptions> installation) : IExportFormat
{
    public static readonly string[] Columns =
    [
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription",
        "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice", "EffectiveCost", "HostProviderName",
        "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName",
        "ServiceProviderName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountId", "SubAccountName", "Tags", "x_CostCenterId", "x_RequestCount",
    ];

    private const string Unknown = "unknown";

    public string Name => "focus";

    public Task WriteAsync(HttpContext context, UsageRange range, string? costCenter) =>
        CsvSheet.WriteAsync(exported.ChargesAsync(range, costCenter, context.RequestAborted), () => Begin(context, costCenter), Add, context.RequestAborted);

    private CsvSheet Begin(HttpContext context, string? costCenter)
    {
        ExportedRows.Name(context, CsvSheet.ContentType, costCenter, "focus-1.3", "csv");
        return new CsvSheet(context.Response.BodyWriter, resolution, Columns);
    }

    private void Add(CsvSheet sheet, ChargeSum sum)
    {
        var calendar = nodes.CalendarOf(sum.CostCenter);
        var end = calendar.EndOf(Period.Daily, sum.Date) ?? DateTimeOffset.MaxValue;
        var card = sum.Model is null ? null : catalog.Current.Prices.Find(sum.Provider, sum.Model, end.AddTicks(-1))?.Prices;
        foreach (var charge in TokenCharge.Split(sum.Usage, card)) Add(sheet, sum, charge, calendar, end);
    }

    private void Add(CsvSheet sheet, ChargeSum sum, TokenCharge charge, TenantCalendar calendar, DateTimeOffset end)
    {
        var month = Window.Containing(Period.Monthly, sum.Date);
        var tenant = Domain.CostCenters.CostCenterId.TenantOf(sum.CostCenter);
        var (provider, model) = (sum.Provider ?? Unknown, sum.Model ?? Unknown);
        var (meter, type) = MeterOf(charge.Meter);
        var corrects = sum.Kind == RowKind.Correction;
        // A correction changes money alone.
        var quantity = corrects ? (long?)null : charge.Quantity;
        sheet.Add(charge.Cost);
        sheet.Add(tenant);
        sheet.Add(tenant);
        sheet.Add(installation.Value.Currency);
        Add(sheet, calendar.EndOf(Period.Monthly, month));
        Add(sheet, calendar.StartOfWindow(Period.Monthly, month));
        sheet.Add("Usage");
        sheet.Add(corrects ? "Correction" : null);
        sheet.Add($"{meter} of {model}");
        sheet.Add("Usage-Based");
        Add(sheet, end);
        Add(sheet, calendar.StartOfWindow(Period.Daily, sum.Date));
        sheet.Add(quantity);
        sheet.Add(quantity is null ? null : charge.Meter is null ? "Requests" : "Tokens");
        sheet.Add(charge.Cost);
        sheet.Add(charge.Price);
        sheet.Add(charge.Cost);
        sheet.Add(provider);
        sheet.Add(provider);
        sheet.Add(charge.Cost);
        sheet.Add(charge.Price);
        sheet.Add("Standard");
        sheet.Add(quantity is null ? null : charge.Meter is null ? quantity : quantity / 1_000_000m);
        sheet.Add(quantity is null ? null : charge.Meter is null ? "Requests" : "1000000 Tokens");
        sheet.Add(provider);
        sheet.Add(provider);
        sheet.Add("AI and Machine Learning");
        sheet.Add($"{provider} API");
        sheet.Add(provider);
        sheet.Add("Generative AI");
        sheet.Add($"{model}-{type}");
        sheet.Add(meter);
        sheet.Add(JsonSerializer.Serialize(new SkuDetails(model, type), FocusJson.Default.SkuDetails));
        sheet.Add($"{model}-{type}-ondemand");
        sheet.Add(sum.CostCenter);
        sheet.Add(sum.CostCenter);
        sheet.Add(JsonSerializer.Serialize(new FocusTags(sum.CostCenter), FocusJson.Default.FocusTags));
        sheet.Add(sum.CostCenter);
        sheet.Add(sum.Usage.Requests);
        sheet.EndRow();
    }

    private static void Add(CsvSheet sheet, DateTimeOffset? time) => sheet.Add(time is { } at ? TimeText.Of(at) : null);

    private static (string Meter, string Type) MeterOf(TokenMeter? meter) => meter switch
    {
        null => ("Requests", "Request"),
        TokenMeter.CachedInput => ("Cache Read Input Tokens", "CacheRead"),
        TokenMeter.CacheWrite => ("Cache Write Input Tokens", "CacheWrite"),
        TokenMeter.Input => ("Input Tokens", "Input"),
        TokenMeter.Reasoning => ("Reasoning Output Tokens", "Reasoning"),
        _ => ("Output Tokens", "Output"),
    };
}
