using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;

namespace BudgetEngine.Cli.Setup;

/// <summary>Compares a file with the engine. The engine itself says what each budget would become, so its rules and defaults stand in one place.</summary>
internal sealed class SetupPlan(EngineApi engine, SetupState state, string? reason, NewKeys newKeys, CancellationToken stopping)
{
    private readonly List<SetupChange> _changes = [];
    private readonly List<string> _faults = [];

    /// <summary>In the order in which they can be made: parents before their children, what goes last.</summary>
    /// <exception cref="CommandFault">Every fault of every entry; nothing has been written.</exception>
    public async Task<IReadOnlyList<SetupChange>> MakeAsync(SetupFile file)
    {
        if (file.Budgets is { } budgets) await PlanBudgetsAsync(budgets, await state.BudgetsAsync(file.Under));
        if (file.Prices is { } prices) Plan(SetupFile.PricesName, prices.ToDictionary(p => p.Key, p => SetupState.Price(p.Value)), await state.PricesAsync(), n => $"/v1/prices/{Query.Name(n)}");
        if (file.Channels is { } channels) Plan(SetupFile.ChannelsName, channels, await state.ChannelsAsync(), n => $"/v1/channels/{Uri.EscapeDataString(n)}");
        if (file.Schedules is { } schedules) Plan(SetupFile.SchedulesName, schedules.ToDictionary(s => s.Key, s => SetupState.Schedule(s.Value)), await state.SchedulesAsync(), n => $"/v1/schedules/{Uri.EscapeDataString(n)}");
        if (file.Keys is { } keys) await PlanKeysAsync(keys, await state.KeysAsync());
        if (_faults.Count > 0) throw new CommandFault(_faults);
        return [.. _changes.Where(c => c.Action != SetupAction.Remove), .. _changes.Where(c => c.Action == SetupAction.Remove).Reverse()];
    }

    private async Task PlanBudgetsAsync(IReadOnlyDictionary<BudgetName, JsonObject> wanted, Dictionary<BudgetName, JsonObject> there)
    {
        var named = new HashSet<BudgetName>();
        foreach (var (written, body) in wanted.OrderBy(b => b.Key.CostCenter, StringComparer.Ordinal).ThenBy(b => b.Key.User, StringComparer.Ordinal))
        {
            if (await TryAsync($"{SetupFile.BudgetsName}.{written}", () => engine.SendAsync(HttpMethod.Put, PathOf(written, dryRun: true), body, stopping)) is not { } answer) continue;
            // As the engine spells it.
            var name = new BudgetName(answer.Body.Text("cost_center")!, answer.Body.Text("user"));
            if (!named.Add(name)) _faults.Add($"{SetupFile.BudgetsName}.{written}: is {name}, which the file has already");
            var becomes = (JsonObject)JsonNode.Parse(answer.Body.GetProperty("budget").GetRawText())!;
            var members = Differences.Between(there.GetValueOrDefault(name), becomes);
            if (there.ContainsKey(name) && members.Count == 0) continue;
            Add(SetupFile.BudgetsName, name.ToString(), there.ContainsKey(name), members, Warnings(answer), () => engine.SendAsync(HttpMethod.Put, PathOf(name, dryRun: false), body, stopping, reason));
        }

        foreach (var (name, body) in there.Where(b => !named.Contains(b.Key)).OrderBy(b => b.Key.CostCenter, StringComparer.Ordinal))
        {
            if (await TryAsync($"{SetupFile.BudgetsName}.{name}", () => engine.SendAsync(HttpMethod.Delete, PathOf(name, dryRun: true), null, stopping)) is not { } answer) continue;
            Remove(SetupFile.BudgetsName, name.ToString(), body, Warnings(answer), () => engine.SendAsync(HttpMethod.Delete, PathOf(name, dryRun: false), null, stopping, reason));
        }
    }

    private void Plan(string kind, IReadOnlyDictionary<string, JsonObject> wanted, Dictionary<string, JsonObject> there, Func<string, string> path)
    {
        foreach (var (name, body) in wanted.OrderBy(b => b.Key, StringComparer.Ordinal))
        {
            var members = Differences.Between(there.GetValueOrDefault(name), body);
            if (there.ContainsKey(name) && members.Count == 0) continue;
            Add(kind, name, there.ContainsKey(name), members, [], () => engine.SendAsync(HttpMethod.Put, path(name), body, stopping, reason));
        }

        foreach (var (name, body) in there.Where(b => !wanted.ContainsKey(b.Key)).OrderBy(b => b.Key, StringComparer.Ordinal))
        {
            Remove(kind, name, body, [], () => engine.SendAsync(HttpMethod.Delete, path(name), null, stopping, reason));
        }
    }

    /// <summary>Of a key its name, end and gateway profile may change; scopes and subtree never do.</summary>
    private async Task PlanKeysAsync(IReadOnlyDictionary<string, JsonObject> wanted, ILookup<string, (string Id, JsonObject Profile)> there)
    {
        var own = (await engine.GetAsync("/v1/keys/self", stopping)).Body.Text("id");
        foreach (var (name, profile) in wanted.OrderBy(k => k.Key, StringComparer.Ordinal))
        {
            var found = there[name].ToList();
            if (found.Count > 1)
            {
                _faults.Add($"keys.{name}: there are {found.Count} keys of this name ({string.Join(", ", found.Select(k => k.Id))}); revoke those that are not meant");
                continue;
            }

            var members = Differences.Between(found is [var known] ? known.Profile : null, profile);
            if (found.Count == 0)
            {
                var body = (JsonObject)profile.DeepClone();
                body["name"] = name;
                Add(SetupFile.KeysName, name, false, members, [], () => newKeys.MakeAsync(name, () => engine.SendAsync(HttpMethod.Post, "/v1/keys", body, stopping, reason)));
                continue;
            }

            if (newKeys.IsLost(name, found[0].Id)) _faults.Add($"keys.{name}: {found[0].Id} was made by a run that ended before it could write the key down: nobody has it. Revoke it, and apply again");
            foreach (var fixedMember in members.Where(m => m.Member is "scopes" or "cost_center")) _faults.Add($"keys.{name}.{fixedMember.Member}: is {fixedMember.Before ?? "not set"} and can never change; revoke the key, or give the new one another name");
            if (members.Count == 0) continue;
            var patch = new JsonObject(members.Select(m => KeyValuePair.Create(m.Member, profile[m.Member]?.DeepClone())));
            Add(SetupFile.KeysName, name, true, members, [], () => engine.SendAsync(HttpMethod.Patch, $"/v1/keys/{Uri.EscapeDataString(found[0].Id)}", patch, stopping, reason));
        }

        foreach (var group in there.Where(g => !wanted.ContainsKey(g.Key)))
        {
            // Whoever applies a file must not lock itself out.
            foreach (var (id, profile) in group.Where(k => k.Id != own)) Remove(SetupFile.KeysName, group.Key, profile, [], () => engine.SendAsync(HttpMethod.Delete, $"/v1/keys/{Uri.EscapeDataString(id)}", null, stopping, reason));
        }
    }

    private void Add(string kind, string name, bool isThere, IReadOnlyList<Difference> members, IReadOnlyList<string> warnings, Func<Task> change) =>
        _changes.Add(new SetupChange(kind, name, isThere ? SetupAction.Change : SetupAction.Add, members, warnings, change));

    private void Remove(string kind, string name, JsonObject body, IReadOnlyList<string> warnings, Func<Task> change) =>
        _changes.Add(new SetupChange(kind, name, SetupAction.Remove, Differences.Between(body, null), warnings, change));

    private async Task<EngineAnswer?> TryAsync(string entry, Func<Task<EngineAnswer>> ask)
    {
        try
        {
            return await ask();
        }
        catch (CommandFault refused)
        {
            _faults.AddRange(refused.Faults.Select(f => $"{entry}: {f}"));
            return null;
        }
    }

    private static IReadOnlyList<string> Warnings(EngineAnswer answer) => [.. answer.Body.Items("warnings").Select(w => w.GetString()!)];

    private static string PathOf(BudgetName name, bool dryRun) => Query.Of($"/v1/budgets/{Query.Name(name.CostCenter)}", ("user", name.User), ("dry_run", dryRun ? "true" : null));
}
