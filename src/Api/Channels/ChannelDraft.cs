using System.Collections.Immutable;
using System.Globalization;
using BudgetEngine.Alerts.Delivery.Targets;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Channels;

/// <summary>The body of a channel's PUT, as it is read. No fault repeats a value, which may be a secret.</summary>
internal sealed class ChannelDraft
{
    public const int MaxLevels = 32;
    public const int MaxRecipients = 50;
    private const int MaxLevelLength = 32;
    private const int MaxUrl = 2_000;
    private const int MaxSecret = 600;
    private const int MaxAddress = 320;

    private string? _type;
    private bool _typeSent;
    private bool _levelsFault;

    public ChannelType Type { get; private set; }

    /// <summary>Null: not sent; the key's subtree.</summary>
    public CostCenterId? Under { get; private set; }

    public ImmutableArray<string> Levels { get; private set; } = [];

    public ImmutableArray<AlertType> Types { get; private set; } = [];

    public ChannelTarget Target { get; private set; } = new();

    public string? Reason { get; private set; }

    public static void Read(ref JsonFields fields, ChannelDraft draft)
    {
        while (fields.Next())
        {
            if (fields.Is("type"u8)) draft.ReadType(ref fields);
            else if (fields.Is("under"u8)) draft.Under = fields.CostCenter();
            else if (fields.Is("levels"u8)) draft.ReadLevels(ref fields);
            else if (fields.Is("types"u8)) draft.ReadTypes(ref fields);
            else if (fields.Is("url"u8)) draft.Target = draft.Target with { Url = fields.Text(MaxUrl, printable: true) };
            else if (fields.Is("secret"u8)) draft.Target = draft.Target with { Secret = fields.Text(MaxSecret, printable: true) };
            else if (fields.Is("token"u8)) draft.Target = draft.Target with { Token = fields.Text(MaxSecret, printable: true) };
            else if (fields.Is("chat_id"u8)) draft.Target = draft.Target with { ChatId = ReadChatId(ref fields) };
            else if (fields.Is("to"u8)) draft.Target = draft.Target with { To = ReadTo(ref fields) };
            else if (fields.Is("routing_key"u8)) draft.Target = draft.Target with { RoutingKey = fields.Text(MaxSecret, printable: true) };
            else if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
            else fields.Unknown();
        }
    }

    /// <summary>What can be said once all fields are known.</summary>
    public void Check(bool allowPrivateAddresses, FaultList faults)
    {
        if (!_typeSent) faults.Add("type", "is required");
        if (Type == ChannelType.Unknown) return;
        foreach (var fault in ChannelTargetRules.Faults(Type, Target, allowPrivateAddresses))
        {
            // A field that could not be read is not missing too.
            if (!faults.Values.Any(f => f.Field == fault.Field)) faults.Add(fault.Field, fault.Fault);
        }
    }

    private void ReadType(ref JsonFields fields)
    {
        if (fields.IsNull()) return;
        _typeSent = true;
        _type = fields.Text(MaxLevelLength);
        if (_type is null) return;
        Type = ChannelTypes.Parse(_type);
        if (Type == ChannelType.Unknown) fields.Fault($"must be one of {string.Join(", ", ChannelTypes.All.Select(ChannelTypes.WordOf))}");
    }

    private void ReadLevels(ref JsonFields fields)
    {
        if (fields.IsNull()) return;
        var levels = ReadTexts(ref fields, MaxLevelLength, MaxLevels, ref _levelsFault);
        if (!_levelsFault && levels.Any(l => !IsLevel(l))) fields.Fault("must have only levels such as warning: [a-z][a-z0-9_-]{0,31}");
        Levels = [.. levels];
    }

    private void ReadTypes(ref JsonFields fields)
    {
        if (fields.IsNull()) return;
        var fault = false;
        var words = ReadTexts(ref fields, TextRules.MaxName, AlertTypes.All.Count, ref fault);
        Types = [.. words.Select(AlertTypes.Parse)];
        if (!fault && Types.Contains(AlertType.Unknown)) fields.Fault($"must have only types of alerts: {string.Join(", ", AlertTypes.All.Select(AlertTypes.WordOf))}");
    }

    /// <summary>A number, as Telegram gives it, or a name.</summary>
    private static string? ReadChatId(ref JsonFields fields) =>
        fields.IsNull() ? null
        : fields.IsText() ? fields.Text(TextRules.MaxName, printable: true)
        : fields.Integer(long.MinValue, long.MaxValue)?.ToString(CultureInfo.InvariantCulture);

    private static ImmutableArray<string> ReadTo(ref JsonFields fields)
    {
        if (fields.IsNull()) return [];
        var fault = false;
        return [.. ReadTexts(ref fields, MaxAddress, MaxRecipients, ref fault, "needs at least one e-mail address")];
    }

    /// <summary>A list of different texts. An empty one is refused: it reads as none, and would mean all.</summary>
    private static List<string> ReadTexts(ref JsonFields fields, int maxLength, int maxCount, ref bool fault, string empty = "must not be empty; leave it out for all")
    {
        var texts = new List<string>();
        if (!fields.EnterArray())
        {
            fault = true;
            return texts;
        }

        var count = 0;
        while (fields.NextItem())
        {
            if (fields.ItemText(maxLength, printable: true) is not { } text) fault = true;
            else if (count < maxCount) texts.Add(text);
            count++;
        }

        var wrong = count == 0 ? empty
            : count > maxCount ? $"must have at most {maxCount} items"
            : texts.Distinct(StringComparer.Ordinal).Count() < texts.Count ? "must not have an item twice"
            : null;
        if (wrong is not null) fields.Fault(wrong);
        fault |= wrong is not null;
        return texts;
    }

    private static bool IsLevel(string level) =>
        char.IsAsciiLetterLower(level[0]) && level.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-');
}
