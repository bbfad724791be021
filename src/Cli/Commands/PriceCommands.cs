using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget prices</c>: what models cost, which are missing, and a price list as a readable difference.</summary>
internal static class PriceCommands
{
    private const int MaxShown = 40;
    private const int MaxMissing = 500;
    private const decimal PerMillion = 1_000_000m;

    /// <summary>The members of LiteLLM's price list that a person compares, with the engine's names.</summary>
    private static readonly (string Theirs, string Ours)[] _rates =
        [("input_cost_per_token", "input"), ("output_cost_per_token", "output"), ("cache_read_input_token_cost", "cached_input"), ("cache_creation_input_token_cost", "cache_write")];

    public static Command Create(CommandLine line) => new("prices", "Prices of models.") { List(line), Missing(line), Import(line), RepriceCommand.Create(line) };

    private static Command List(CommandLine line)
    {
        var model = new Argument<string?>("model") { Description = "Only this one.", Arity = ArgumentArity.ZeroOrOne };
        var most = Arguments.Most(100);
        var command = new Command("list", "Versions of prices, per their unit of tokens.") { model, most };
        line.OnRun(command, run => run.ListAsync(
            Query.Of("/v1/prices", ("model", run.Of(model))), run.Of(most),
            static (screen, items) => screen.Table(
                ["model", "input", "output", "cached", "cache write", "per", "in force from"],
                items.Select(p => new[] { Screen.Escape(p.Text("model")), p.Text("input"), p.Text("output"), p.Text("cached_input"), p.Text("cache_write"), p.Text("per"), Screen.Escape(p.Text("effective_from")) }), 1, 2, 3, 4, 5)));
        return command;
    }

    private static Command Missing(CommandLine line)
    {
        var command = new Command("missing", "Models that were used without a price, and what they were booked at.");
        line.OnRun(command, run => run.ListAsync(
            "/v1/prices/missing", MaxMissing,
            static (screen, items) => screen.Table(
                ["model", "provider", "records", "booked at", "last seen", "nearest"],
                items.Select(p => new[] { Screen.Escape(p.Text("model")), Screen.Escape(p.Text("provider")), p.Text("records"), p.Text("cost"), Screen.Escape(p.Text("last_seen")), Screen.Escape(p.Text("nearest")) }), 2, 3)));
        return command;
    }

    private static Command Import(CommandLine line)
    {
        var file = new Argument<FileInfo>("file") { Description = "LiteLLM's model_prices_and_context_window.json, or a part of it." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would change." };
        var accept = Arguments.Text("--accept", "KINDS", "Take what is kept apart too: outliers, free, or both with a comma.");
        var command = new Command("import", "Takes a price list over, and shows what changes.") { file, dryRun, accept };
        line.OnRun(command, async run =>
        {
            var place = run.Of(file);
            if (!place.Exists) throw new CommandFault($"there is no file {place.FullName}");
            var text = await File.ReadAllBytesAsync(place.FullName, run.Stopping);
            var before = run.Screen.AsJson ? [] : await PricesInForce.ReadAsync(run.Engine, run.Screen.Clock, run.Stopping);
            using var body = new ByteArrayContent(text) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            var path = Query.Of("/v1/prices/import", ("format", "litellm"), ("dry_run", run.Of(dryRun) ? "true" : "false"), ("accept", run.Of(accept)));
            var answer = (await run.Engine.SendContentAsync(HttpMethod.Post, path, body, run.Stopping)).Body;
            if (run.Screen.AsJson) run.Screen.Json(answer);
            else Print(run.Screen, answer, before, text);
            return CommandLine.Done;
        });
        return command;
    }

    private static void Print(Screen screen, JsonElement answer, Dictionary<string, JsonElement> before, byte[] file)
    {
        using var list = JsonDocument.Parse(file);
        var changed = answer.Items("changed").Select(m => m.GetString()!).ToList();
        if (changed.Count > 0)
        {
            screen.Table(["changed model, per million", .. _rates.Select(r => r.Ours)], changed.Take(MaxShown).Select(m => Row(m, before.GetValueOrDefault(m), list.RootElement)));
            if (changed.Count > MaxShown) screen.Line($"and {changed.Count - MaxShown} more");
        }

        Names(screen, "added", [.. answer.Items("added").Select(m => m.GetString()!)]);
        var apart = answer.Member("apart") ?? default;
        Names(screen, "kept apart, implausibly dear (--accept outliers takes them)", [.. apart.Items("outliers").Select(m => m.GetString()!)]);
        Names(screen, "kept apart, free (--accept free takes them)", [.. apart.Items("free").Select(m => m.GetString()!)]);
        foreach (var why in answer.Items("skipped").GroupBy(s => s.Text("reason"))) Names(screen, $"not taken, {why.Key}", [.. why.Select(s => s.Text("model")!)]);
        screen.Line($"{answer.Items("added").Count()} added, {changed.Count} changed, {answer.Text("unchanged")} unchanged{(answer.Is("dry_run") ? "; nothing was written" : "")}");
    }

    private static string?[] Row(string model, JsonElement before, JsonElement list)
    {
        var entry = list.TryGetProperty(model, out var found) ? found : default;
        return
        [
            Screen.Escape(model),
            .. _rates.Select(r =>
            {
                var (old, now) = (PerMillionOf(before, r.Ours), entry.Number(r.Theirs) * PerMillion);
                return old == now ? Show(now) : $"[red]{Show(old)}[/] → [green]{Show(now)}[/]";
            }),
        ];
    }

    private static decimal? PerMillionOf(JsonElement price, string rate) => price.Number("per") is { } per and > 0 ? price.Number(rate) / per * PerMillion : null;

    private static string Show(decimal? rate) => rate is { } r ? r.ToString("0.############", CultureInfo.InvariantCulture) : "none";

    private static void Names(Screen screen, string what, List<string> names)
    {
        if (names.Count == 0) return;
        screen.Line($"{what}: {string.Join(", ", names.Take(MaxShown))}{(names.Count > MaxShown ? $" and {names.Count - MaxShown} more" : "")}");
    }
}
