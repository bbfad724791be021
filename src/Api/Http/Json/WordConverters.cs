using System.Collections.Immutable;
using System.Text.Json;
using BudgetEngine.Api.Alerts;
using BudgetEngine.Api.CostCenters.Moves;
using BudgetEngine.Api.Gateway;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Prices.Repricing;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Repricing;

namespace BudgetEngine.Api.Http.Json;

// The serializer makes converters by their type: one for each table.
internal sealed class PeriodConverter() : WordConverter<Period>(Domain.Wording.Words.Periods);

internal sealed class ReservationStateConverter() : WordConverter<ReservationState>(Domain.Wording.Words.ReservationStates);

internal sealed class EnforcementConverter() : WordConverter<Enforcement>(Domain.Wording.Words.Enforcements);

internal sealed class OutageRuleConverter() : WordConverter<OutageRule>(Domain.Wording.Words.OutageRules);

internal sealed class ExpiryRuleConverter() : WordConverter<ExpiryRule>(Domain.Wording.Words.ExpiryRules);

internal sealed class UnknownModelRuleConverter() : WordConverter<UnknownModelRule>(Domain.Wording.Words.UnknownModelRules);

internal sealed class UsageStatusConverter() : WordConverter<UsageStatus>(Domain.Wording.Words.UsageStatuses);

internal sealed class RowKindConverter() : WordConverter<RowKind>(Domain.Wording.Words.RowKinds);

internal sealed class UsageResultKindConverter() : WordConverter<UsageResultKind>(UsageResult.Kinds);

internal sealed class AlertTypeConverter() : WordConverter<AlertType>(AlertTypes.Table);

internal sealed class AlertCauseConverter() : WordConverter<AlertCause>(Domain.Wording.Words.AlertCauses);

internal sealed class RecommendationKindConverter() : WordConverter<RecommendationKind>(Domain.Wording.Words.RecommendationKinds);

internal sealed class DeliveryStateConverter() : WordConverter<DeliveryState>(DeliveryResponse.States);

internal sealed class ChannelTypeConverter() : WordConverter<ChannelType>(ChannelTypes.Table);

internal sealed class DenialFormatConverter() : WordConverter<DenialFormat>(GatewayProfile.Formats);

internal sealed class RepriceStateConverter() : WordConverter<RepriceState>(RepriceWords.States);

internal sealed class MoveStateConverter() : WordConverter<MoveState>(MoveWords.States);

/// <summary>The flags of a row, as an array.</summary>
internal sealed class RowFlagsConverter : AnswerConverter<RowFlags>, IHasWords
{
    public ImmutableArray<string> Words => Domain.Wording.Words.Flags.All;

    public bool AreMany => true;

    public override void Write(Utf8JsonWriter writer, RowFlags value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var word in Domain.Wording.Words.Of(value)) writer.WriteStringValue(word);
        writer.WriteEndArray();
    }
}

/// <summary>The scopes of a key, as an array.</summary>
internal sealed class ScopesConverter : AnswerConverter<Scopes>, IHasWords
{
    public ImmutableArray<string> Words => [.. ScopeWords.All.Select(s => s.Word)];

    public bool AreMany => true;

    public override void Write(Utf8JsonWriter writer, Scopes value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var word in ScopeWords.WordsOf(value)) writer.WriteStringValue(word);
        writer.WriteEndArray();
    }
}
