using System.Text.Json.Nodes;

namespace BudgetEngine.Cli.Setup;

/// <summary>A budget of a cost center, or of one user there.</summary>
internal readonly record struct BudgetName(string CostCenter, string? User)
{
    public override string ToString() => User is null ? CostCenter : $"{CostCenter}, user {User}";
}

/// <summary>An installation's set-up as a file has it. A kind that the file does not name (null) is none of its business.</summary>
/// <param name="Under">Only this cost center and what is below it; null: everything.</param>
internal sealed record SetupFile(
    string? Under, IReadOnlyDictionary<BudgetName, JsonObject>? Budgets, IReadOnlyDictionary<string, JsonObject>? Prices, IReadOnlyDictionary<string, JsonObject>? Channels,
    IReadOnlyDictionary<string, JsonObject>? Schedules, IReadOnlyDictionary<string, JsonObject>? Keys)
{
    public const string BudgetsName = "budgets";
    public const string PricesName = "prices";
    public const string ChannelsName = "channels";
    public const string SchedulesName = "schedules";
    public const string KeysName = "keys";
    private const string UsersName = "users";
    private const string UnderName = "under";

    /// <summary>What a channel's message goes to, and what proves who sent it.</summary>
    private static readonly string[] _secrets = ["url", "secret", "token", "routing_key"];

    /// <exception cref="CommandFault">Names everything in it that cannot be meant.</exception>
    public static SetupFile Read(TextReader text)
    {
        var document = YamlText.Read(text);
        var faults = new List<string>();
        foreach (var (name, _) in document)
        {
            if (name is not (UnderName or BudgetsName or PricesName or ChannelsName or SchedulesName or KeysName)) faults.Add($"{name}: there are under, budgets, prices, channels, schedules and keys");
        }

        var under = document[UnderName] is JsonValue value && value.TryGetValue<string>(out var path) ? path : null;
        if (document.ContainsKey(UnderName) && under is null) faults.Add("under: must be a cost center");
        var file = new SetupFile(
            under, BudgetsOf(Section(document, BudgetsName, faults), under, faults), Section(document, PricesName, faults), Section(document, ChannelsName, faults),
            Section(document, SchedulesName, faults), Section(document, KeysName, faults));
        foreach (var (name, channel) in file.Channels ?? new Dictionary<string, JsonObject>()) faults.AddRange(SecretsIn(name, channel));
        if (faults.Count > 0) throw new CommandFault(faults);
        return file;
    }

    /// <summary>The budgets as the file has them: by cost center, those of users inside.</summary>
    public static JsonObject ToSection(IEnumerable<(BudgetName Name, JsonObject Body)> budgets)
    {
        var section = new JsonObject();
        foreach (var (name, body) in budgets.OrderBy(b => b.Name.CostCenter, StringComparer.Ordinal).ThenBy(b => b.Name.User, StringComparer.Ordinal))
        {
            if (!section.ContainsKey(name.CostCenter)) section[name.CostCenter] = new JsonObject();
            var costCenter = (JsonObject)section[name.CostCenter]!;
            if (name.User is null) foreach (var (member, value) in body) costCenter[member] = value?.DeepClone();
            else Child(costCenter, UsersName)[name.User] = body.DeepClone();
        }

        return section;
    }

    private static JsonObject Child(JsonObject of, string name)
    {
        if (of[name] is not JsonObject child) of[name] = child = [];
        return child;
    }

    private static Dictionary<string, JsonObject>? Section(JsonObject document, string name, List<string> faults)
    {
        if (!document.ContainsKey(name)) return null;
        var entries = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        if (document[name] is not (JsonObject or null)) faults.Add($"{name}: must be a mapping by name");
        foreach (var (entry, body) in document[name] as JsonObject ?? [])
        {
            if (body is JsonObject or null) entries[entry] = body as JsonObject ?? [];
            else faults.Add($"{name}.{entry}: must be a mapping");
        }

        return entries;
    }

    private static Dictionary<BudgetName, JsonObject>? BudgetsOf(Dictionary<string, JsonObject>? section, string? under, List<string> faults)
    {
        if (section is null) return null;
        var budgets = new Dictionary<BudgetName, JsonObject>();
        foreach (var (costCenter, body) in section)
        {
            if (under is not null && costCenter != under && !costCenter.StartsWith(under + "/", StringComparison.Ordinal)) faults.Add($"budgets.{costCenter}: is not at or below {under}");
            var own = (JsonObject)body.DeepClone();
            own.Remove(UsersName);
            // Only users below it: the cost center itself has no budget of its own.
            if (own.Count > 0 || !body.ContainsKey(UsersName)) budgets[new BudgetName(costCenter, null)] = own;
            if (body[UsersName] is not (JsonObject or null)) faults.Add($"budgets.{costCenter}.users: must be a mapping by user");
            foreach (var (user, limits) in body[UsersName] as JsonObject ?? [])
            {
                if (limits is JsonObject known) budgets[new BudgetName(costCenter, user)] = (JsonObject)known.DeepClone();
                else faults.Add($"budgets.{costCenter}.users.{user}: must be a mapping");
            }
        }

        return budgets;
    }

    private static IEnumerable<string> SecretsIn(string name, JsonObject channel) =>
        from secret in _secrets
        where channel[secret] is JsonValue value && !(value.TryGetValue<string>(out var text) && (text.StartsWith("env:", StringComparison.Ordinal) || text.StartsWith("file:", StringComparison.Ordinal)))
        select $"channels.{name}.{secret}: must be a reference (env:BUDGET_SECRET_NAME or file:name): a file like this is kept and shown";
}
