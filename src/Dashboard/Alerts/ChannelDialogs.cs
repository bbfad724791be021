using System.Text.Json.Nodes;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Api.Channels;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>The dialogs of a channel. Its secrets are typed and never shown: left empty, what is stored stays.</summary>
internal sealed class ChannelDialogs(ILedgerChannels channels, ILedgerSchedules schedules, IOptions<AlertChannelOptions> options)
{
    public const string Edit = "channel";
    public const string Remove = "remove-channel";
    public const string Name = "name";
    public const string IsNew = "new";
    private const string Type = "type";
    private const string Under = "under";
    private const string Levels = "levels";
    private const string Types = "types";
    private const string ChatId = "chat_id";
    private const string To = "to";

    public async Task<Channel?> FindAsync(string name, ApiKey caller) =>
        await channels.ReadChannelAsync(name, CancellationToken.None) is { } channel && channel.IsWithin(caller.Subtree.CostCenter) ? channel : null;

    /// <summary>The channel that the form makes of the one that is stored, by the rules of the API.</summary>
    public Channel Apply(SettingForm form, Channel? stored, ApiKey caller)
    {
        if (ChannelNames.FaultOf(form[Name]) is { } fault) form.Fault(Name, fault);
        var kept = stored is not null && ChannelTypes.WordOf(stored.Type) == form[Type] ? stored.Target : null;
        var body = new JsonObject { [Type] = form[Type] };
        if (form[Under].Length > 0) body[Under] = form[Under];
        if (form.List(Levels) is { Count: > 0 } levels) body[Levels] = Array(levels);
        if (form.List(Types) is { Count: > 0 } types) body[Types] = Array(types);
        foreach (var (name, _) in SecretsOf(form[Type]))
        {
            if ((form[name].Length > 0 ? form[name] : SecretOf(kept, name)) is { } secret) body[name] = secret;
        }

        if (form[Type] == "telegram" && form[ChatId].Length > 0) body[ChatId] = form[ChatId];
        if (form[Type] == "email" && form.List(To) is { Count: > 0 } to) body[To] = Array(to);
        var draft = new ChannelDraft();
        form.Read(body, draft, ChannelDraft.Read, faults => draft.Check(options.Value.AllowPrivateAddresses, faults));
        if (draft.Under is { } under && caller.See(under.Path) is not null) form.Fault(Under, "is outside of your key's subtree");
        return new Channel(form[Name], draft.Under?.Path ?? caller.Subtree.CostCenter, draft.Type, draft.Levels, draft.Types, draft.Target, null);
    }

    /// <param name="sent">The form was sent, and could not be done.</param>
    public async Task<SettingDialog?> EditAsync(SettingForm form, ApiKey caller, bool sent)
    {
        var stored = form[IsNew].Length > 0 ? null : await FindAsync(form[Name], caller);
        if (stored is null && form[Name].Length > 0 && form[IsNew].Length == 0) return null;
        var type = form[Type].Length > 0 ? form[Type] : stored is null ? "" : ChannelTypes.WordOf(stored.Type);
        if (ChannelTypes.Parse(type) == ChannelType.Unknown) return ChooseType();
        var fields = sent || form.Fields.ContainsKey(Levels) ? new Dictionary<string, string>(form.Fields) : FieldsOf(stored);
        fields[Type] = type;
        if (stored is null) fields[IsNew] = "1";
        var trial = new SettingForm(fields);
        var becomes = Apply(trial, stored, caller);
        return new SettingDialog(
            Edit, stored is null ? "Add a channel" : "Edit channel", stored is null ? WordOf(type) : $"{stored.Name}, {WordOf(type)}", "/edit/channel", "/alerts", "Save channel", InputsOf(type, stored, caller), fields,
            form.Faults, await PreviewAsync(stored, becomes, trial))
        {
            RemoveAddress = stored is null ? null : $"/alerts?{Remove}=1&{Name}={Uri.EscapeDataString(stored.Name)}",
        };
    }

    public async Task<SettingDialog?> RemoveAsync(SettingForm form, ApiKey caller)
    {
        if (await FindAsync(form[Name], caller) is not { } stored) return null;
        var sent = (await schedules.ReadSchedulesAsync(CancellationToken.None)).Where(s => s.Schedule.GoesTo(stored)).Select(s => s.Schedule.Name).ToList();
        List<string> sentences = ["Alerts are no longer sent there; what still waited is dropped.", "The alerts themselves stay in the timeline."];
        return new SettingDialog(
            Remove, $"Delete {stored.Name}?", WordOf(ChannelTypes.WordOf(stored.Type)), "/edit/channel/remove", "/alerts", "Delete channel", [new SettingField(Name, "", SettingInput.Hidden)], form.Fields, form.Faults,
            new SettingPreview("What changes", [], sentences, sent.Count == 0 ? null : $"{(sent.Count == 1 ? "A summary is" : "Summaries are")} sent there: {string.Join(", ", sent)}."))
        {
            Removes = true,
        };
    }

    private static SettingDialog ChooseType() => new(
        Edit, "Add a channel", "Where should alerts go?", "", "/alerts", "", [], new Dictionary<string, string>(), new Dictionary<string, string>(), SettingPreview.None)
    {
        Choices = [.. ChannelTypes.All.Select(t => ChannelTypes.WordOf(t)).Select(t => ($"/alerts?{Edit}=1&{Type}={t}", WordOf(t)))],
    };

    private static Dictionary<string, string> FieldsOf(Channel? stored) => new(StringComparer.Ordinal)
    {
        [Name] = stored?.Name ?? "", [Under] = stored?.Under ?? "", [Levels] = string.Join(", ", stored?.Levels ?? []), [Types] = string.Join(", ", (stored?.Types ?? []).Select(AlertTypes.WordOf)),
        [ChatId] = stored?.Target.ChatId ?? "", [To] = string.Join(", ", stored?.Target.To ?? []),
    };

    private static List<SettingField> InputsOf(string type, Channel? stored, ApiKey caller)
    {
        List<SettingField> inputs = [new SettingField(Type, "", SettingInput.Hidden), new SettingField(Name, "Name", stored is null ? SettingInput.Text : SettingInput.Hidden) { Placeholder = "ops-" + type }];
        if (stored is null) inputs.Add(new SettingField(IsNew, "", SettingInput.Hidden));
        inputs.Add(new SettingField(Under, "Tells of") { Placeholder = caller.Subtree.CostCenter ?? "everything", Hint = "A cost center and all below it" });
        foreach (var (name, label) in SecretsOf(type))
        {
            var has = stored is not null && ChannelTypes.WordOf(stored.Type) == type && SecretOf(stored.Target, name) is not null;
            inputs.Add(new SettingField(name, label, SettingInput.Secret)
            {
                Placeholder = has ? "kept as it is" : "", Hint = has && SecretReference.IsReference(SecretOf(stored!.Target, name)!) ? $"Now {SecretOf(stored.Target, name)}" : "Itself, or env:BUDGET_SECRET_NAME or file:name, which keep it out of the ledger. It is never shown.",
            });
        }

        if (type == "telegram") inputs.Add(new SettingField(ChatId, "Chat") { Placeholder = "-1001234567890 or @name" });
        if (type == "email") inputs.Add(new SettingField(To, "To") { Placeholder = "ops@example.com, finance@example.com", IsWide = true });
        inputs.Add(new SettingField(Levels, "Levels") { Placeholder = "all", IsWide = true, Hint = "Of thresholds: warning, critical, emergency, exceeded" });
        inputs.Add(new SettingField(Types, "Types") { Placeholder = "all", IsWide = true, Hint = "Such as budget.denied; spend.summary alone: summaries only" });
        return inputs;
    }

    private async Task<SettingPreview> PreviewAsync(Channel? was, Channel becomes, SettingForm form)
    {
        var changes = new List<ChangeLine>();
        void Add(string what, string? before, string after)
        {
            if (before != after) changes.Add(new ChangeLine(what, before, after));
        }

        Add("Tells of", was is null ? null : was.Under ?? "everything", becomes.Under ?? "everything");
        Add("Levels", was is null ? null : ListOf(was.Levels), ListOf(becomes.Levels));
        Add("Types", was is null ? null : ListOf(was.Types.Select(AlertTypes.WordOf)), ListOf(becomes.Types.Select(AlertTypes.WordOf)));
        if (becomes.Type == ChannelType.Telegram) Add("Chat", was?.Target.ChatId, becomes.Target.ChatId ?? "");
        if (becomes.Type == ChannelType.Email) Add("To", was is null ? null : ListOf(was.Target.To), ListOf(becomes.Target.To));
        foreach (var (name, label) in SecretsOf(form[Type]))
        {
            if (form[name + "_typed"].Length > 0 || form[name].Length > 0) changes.Add(new ChangeLine(label, was is null ? null : "as it is", "a new one"));
        }

        List<string> sentences = [];
        if (was?.Disabled is { } disabled) sentences.Add($"It is off: {disabled.Reason}. Saved, it is in use again.");
        var unfit = was is null ? [] : (await schedules.ReadSchedulesAsync(CancellationToken.None)).Where(s => s.Schedule.GoesTo(was with { Disabled = null }) && !s.Schedule.GoesTo(becomes)).Select(s => s.Schedule.Name).ToList();
        return new SettingPreview("What changes with the next alert", changes, sentences, unfit.Count == 0 ? null : $"No longer sent here: {string.Join(", ", unfit)}. A summary goes only where the whole of it may be read.");
    }

    private static (string Name, string Label)[] SecretsOf(string type) => type switch
    {
        "webhook" => [("url", "Address"), ("secret", "Signing secret")],
        "telegram" => [("token", "Bot token")],
        "pagerduty" => [("routing_key", "Integration key")],
        "email" => [],
        _ => [("url", "Webhook address")],
    };

    private static string? SecretOf(ChannelTarget? target, string name) => name switch { "url" => target?.Url, "secret" => target?.Secret, "token" => target?.Token, _ => target?.RoutingKey };

    private static string ListOf(IEnumerable<string> items) => items.Any() ? string.Join(", ", items) : "all";

    private static JsonArray Array(IReadOnlyList<string> items) => [.. items.Select(i => JsonValue.Create(i))];

    private static string WordOf(string type) => type switch { "pagerduty" => "PagerDuty", "email" => "E-mail", "teams" => "Microsoft Teams", _ => char.ToUpperInvariant(type[0]) + type[1..] };
}
