using System.Collections.Immutable;
using System.Text.Json;
using BudgetEngine.Domain;
using BudgetEngine.Ledger;

namespace BudgetEngine.Api;

// The serializer makes converters by their type: one for each table.
internal sealed class PeriodConverter() : WordConverter<Period>(Domain.Words.Periods);

internal sealed class ReservationStateConverter() : WordConverter<ReservationState>(Domain.Words.ReservationStates);

internal sealed class EnforcementConverter() : WordConverter<Enforcement>(Domain.Words.Enforcements);

internal sealed class OutageRuleConverter() : WordConverter<OutageRule>(Domain.Words.OutageRules);

internal sealed class UnknownModelRuleConverter() : WordConverter<UnknownModelRule>(Domain.Words.UnknownModelRules);

internal sealed class UsageStatusConverter() : WordConverter<UsageStatus>(Domain.Words.UsageStatuses);

internal sealed class RowKindConverter() : WordConverter<RowKind>(Domain.Words.RowKinds);

internal sealed class UsageResultKindConverter() : WordConverter<UsageResultKind>(UsageResult.Kinds);

internal sealed class AlertTypeConverter() : WordConverter<AlertType>(AlertTypes.Table);

internal sealed class AlertCauseConverter() : WordConverter<AlertCause>(Domain.Words.AlertCauses);

internal sealed class RecommendationKindConverter() : WordConverter<RecommendationKind>(Domain.Words.RecommendationKinds);

internal sealed class DeliveryStateConverter() : WordConverter<DeliveryState>(DeliveryResponse.States);

internal sealed class ChannelTypeConverter() : WordConverter<ChannelType>(ChannelTypes.Table);

internal sealed class DenialFormatConverter() : WordConverter<DenialFormat>(GatewayProfile.Formats);

/// <summary>The flags of a row, as an array.</summary>
internal sealed class RowFlagsConverter : AnswerConverter<RowFlags>, IHasWords
{
    public ImmutableArray<string> Words => Domain.Words.Flags.All;

    public bool AreMany => true;

    public override void Write(Utf8JsonWriter writer, RowFlags value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var word in Domain.Words.Of(value)) writer.WriteStringValue(word);
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
