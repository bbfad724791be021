using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget keys</c>: who may ask what.</summary>
internal static class KeyCommands
{
    public static Command Create(CommandLine line) => new("keys", "Keys of the API.") { Self(line), List(line), New(line), Revoke(line) };

    private static Command Self(CommandLine line)
    {
        var command = new Command("self", "The key that is used.");
        line.OnRun(command, async run =>
        {
            var key = (await run.Engine.GetAsync("/v1/keys/self", run.Stopping)).Body;
            if (run.Screen.AsJson) run.Screen.Json(key);
            else Print(run.Screen, [key]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command List(CommandLine line)
    {
        var most = Arguments.Most(200);
        var command = new Command("list", "Every key that this one may see.") { most };
        line.OnRun(command, run => run.ListAsync("/v1/keys", run.Of(most), Print));
        return command;
    }

    private static Command New(CommandLine line)
    {
        var name = new Argument<string>("name") { Description = "For people." };
        var scopes = new Option<string[]>("--scope") { HelpName = "SCOPE", Description = "check, usage, read, admin; may be given several times.", AllowMultipleArgumentsPerToken = true, Required = true };
        scopes.AcceptOnlyFromAmong("check", "usage", "read", "admin");
        var under = Arguments.Text("--under", "COST_CENTER", "Only this cost center and below.");
        var (expires, reason) = (Arguments.Text("--expires", "TIME", "An instant, or 90d from now."), Arguments.Reason());
        var command = new Command("create", "Makes a key and prints it, once.") { name, scopes, under, expires, reason };
        line.OnRun(command, async run =>
        {
            var body = new JsonObject { ["name"] = run.Of(name), ["scopes"] = new JsonArray([.. run.Of(scopes)!.Select(s => (JsonNode)s)]) };
            if (run.Of(under) is { } path) body["cost_center"] = path;
            if (Arguments.Until(run.Of(expires), run.Screen.Clock) is { } end) body["expires_at"] = end;
            if (run.Of(reason) is { } why) body["reason"] = why;
            var made = (await run.Engine.SendAsync(HttpMethod.Post, "/v1/keys", body, run.Stopping)).Body;
            if (run.Screen.AsJson)
            {
                run.Screen.Json(made);
                return CommandLine.Done;
            }

            run.Screen.Line(made.Text("key") ?? "");
            run.Screen.Remark($"key {made.Text("id")}; this is the only time that it is shown");
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Revoke(CommandLine line)
    {
        var (id, reason) = (new Argument<string>("id") { Description = "As keys list shows it." }, Arguments.Reason());
        var command = new Command("revoke", "Ends a key everywhere within a second.") { id, reason };
        line.OnRun(command, async run =>
        {
            await run.Engine.SendAsync(HttpMethod.Delete, $"/v1/keys/{Uri.EscapeDataString(run.Of(id))}", null, run.Stopping, run.Of(reason));
            run.Screen.Remark($"revoked {run.Of(id)}");
            return CommandLine.Done;
        });
        return command;
    }

    private static void Print(Screen screen, IEnumerable<JsonElement> keys) => screen.Table(
        ["id", "name", "scopes", "under", "expires", "revoked"],
        keys.Select(k => new[]
        {
            Screen.Escape(k.Text("id")), Screen.Escape(k.Text("name")), Screen.Escape(k.Text("scopes")), Screen.Escape(k.Text("cost_center") ?? "everything"), Screen.Escape(k.Text("expires_at")), Screen.Escape(k.Text("revoked_at")),
        }));
}
