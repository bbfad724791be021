using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Alerts;
using BudgetEngine.Api.Budgets;
using BudgetEngine.Api.Channels;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.CostCenters.Moves;
using BudgetEngine.Api.Denials;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Operations;
using BudgetEngine.Api.Prices;
using BudgetEngine.Api.Prices.Repricing;
using BudgetEngine.Api.Reconciliation;
using BudgetEngine.Api.Reports;
using BudgetEngine.Api.Schedules;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Http.Json;

/// <summary>Every answer of the API, written by generated code.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters =
    [
        typeof(MoneyConverter),
        typeof(PlainDecimalConverter),
        typeof(UtcTimeConverter),
        typeof(PeriodConverter),
        typeof(ReservationStateConverter),
        typeof(EnforcementConverter),
        typeof(OutageRuleConverter),
        typeof(ExpiryRuleConverter),
        typeof(UnknownModelRuleConverter),
        typeof(UsageStatusConverter),
        typeof(RowKindConverter),
        typeof(RowFlagsConverter),
        typeof(UsageResultKindConverter),
        typeof(AlertTypeConverter),
        typeof(AlertCauseConverter),
        typeof(RecommendationKindConverter),
        typeof(DeliveryStateConverter),
        typeof(ChannelTypeConverter),
        typeof(ScopesConverter),
        typeof(DenialFormatConverter),
        typeof(RepriceStateConverter),
        typeof(MoveStateConverter),
    ])]
[JsonSerializable(typeof(CheckResponse))]
[JsonSerializable(typeof(MinuteLimitResponse))]
[JsonSerializable(typeof(ReservationResponse))]
[JsonSerializable(typeof(ReservationsResponse))]
[JsonSerializable(typeof(ReleaseNote))]
[JsonSerializable(typeof(ReleaseResponse))]
[JsonSerializable(typeof(ReleaseAllResponse))]
[JsonSerializable(typeof(DenialsResponse))]
[JsonSerializable(typeof(UsageResponse))]
[JsonSerializable(typeof(CorrectionResponse))]
[JsonSerializable(typeof(BatchResponse))]
[JsonSerializable(typeof(RecordResponse))]
[JsonSerializable(typeof(BrokenBatchResponse))]
[JsonSerializable(typeof(UsageRowResponse))]
[JsonSerializable(typeof(PageResponse<UsageRowResponse>))]
[JsonSerializable(typeof(BudgetResponse))]
[JsonSerializable(typeof(BudgetEndResponse))]
[JsonSerializable(typeof(PageResponse<BudgetResponse>))]
[JsonSerializable(typeof(IncreaseResponse))]
[JsonSerializable(typeof(PageResponse<IncreaseResponse>))]
[JsonSerializable(typeof(PausedResponse))]
[JsonSerializable(typeof(PageResponse<ActivePauseResponse>))]
[JsonSerializable(typeof(PageResponse<CostCenterResponse>))]
[JsonSerializable(typeof(CostCenterDetailResponse))]
[JsonSerializable(typeof(LimitsResponse))]
[JsonSerializable(typeof(PriceResponse))]
[JsonSerializable(typeof(PageResponse<PriceResponse>))]
[JsonSerializable(typeof(PageResponse<MissingPriceResponse>))]
[JsonSerializable(typeof(ImportResponse))]
[JsonSerializable(typeof(RepriceResponse))]
[JsonSerializable(typeof(MoveResponse))]
[JsonSerializable(typeof(PageResponse<MoveResponse>))]
[JsonSerializable(typeof(ArchiveResponse))]
[JsonSerializable(typeof(PageResponse<RepriceResponse>))]
[JsonSerializable(typeof(ReconcileResponse))]
[JsonSerializable(typeof(KeyResponse))]
[JsonSerializable(typeof(NewKeyResponse))]
[JsonSerializable(typeof(PageResponse<KeyResponse>))]
[JsonSerializable(typeof(CallerResponse))]
[JsonSerializable(typeof(GatewaySettings))]
[JsonSerializable(typeof(AlertResponse))]
[JsonSerializable(typeof(PageResponse<AlertResponse>))]
[JsonSerializable(typeof(AlertDetailResponse))]
[JsonSerializable(typeof(RedeliveryResponse))]
[JsonSerializable(typeof(ChannelResponse))]
[JsonSerializable(typeof(PageResponse<ChannelResponse>))]
[JsonSerializable(typeof(ScheduleResponse))]
[JsonSerializable(typeof(PageResponse<ScheduleResponse>))]
[JsonSerializable(typeof(ChannelTestResponse))]
[JsonSerializable(typeof(PageResponse<AuditResponse>))]
[JsonSerializable(typeof(ConsistencyResponse))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(SummaryResponse))]
[JsonSerializable(typeof(BreakdownResponse<CostCenterFiguresResponse>))]
[JsonSerializable(typeof(BreakdownResponse<NamedFiguresResponse>))]
[JsonSerializable(typeof(TrendResponse))]
[JsonSerializable(typeof(BudgetsReportResponse))]
[JsonSerializable(typeof(SpikesResponse))]
[JsonSerializable(typeof(ChangesResponse))]
[JsonSerializable(typeof(MonthForecastResponse))]
[JsonSerializable(typeof(ProblemResponse))]
[JsonSerializable(typeof(GatewayDenialResponse))]
[JsonSerializable(typeof(OpenAiDenialResponse))]
[JsonSerializable(typeof(AnthropicDenialResponse))]
[JsonSerializable(typeof(DecisionEvent))]
[JsonSerializable(typeof(SpendEvent))]
[JsonSerializable(typeof(BudgetChangeEvent))]
[JsonSerializable(typeof(BreakerEvent))]
internal sealed partial class AnswersJson : JsonSerializerContext
{
    private static readonly AnswersJson?[] ByDecimals = new AnswersJson?[Resolution.MaxDecimals + 1];

    /// <summary>The same answers with their amounts in this resolution; null: of answers without amounts.</summary>
    public static AnswersJson In(Resolution? resolution) => resolution is null ? Default : ByDecimals[resolution.Decimals] ??= Make(resolution);

    private static AnswersJson Make(Resolution resolution)
    {
        var options = new JsonSerializerOptions(Default.Options);
        for (var i = 0; i < options.Converters.Count; i++)
        {
            if (options.Converters[i] is MoneyConverter) options.Converters[i] = new MoneyConverter(resolution);
        }

        return new AnswersJson(options);
    }
}
