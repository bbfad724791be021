using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget doctor</c>: is the engine there, which key am I, what would deny me, do the books agree?</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan _clockTolerance = TimeSpan.FromSeconds(5);

    public static Command Create(CommandLine line)
    {
        var (costCenter, user) = (Arguments.OptionalCostCenter(), Arguments.User());
        var books = new Option<bool>("--books") { Description = "Compare every balance with its rows too; takes a while on a large ledger." };
        var command = new Command("doctor", "Looks for what is wrong between you and an allowed call.") { costCenter, user, books };
        line.OnRun(command, async run =>
        {
            var findings = new List<(bool Good, string Words)>();
            await LookAsync(findings, "reachable", () => ReachableAsync(run, findings));
            if (findings[0].Good)
            {
                await LookAsync(findings, "key", () => KeyAsync(run, findings));
                if (run.Of(costCenter) is { } path) await LookAsync(findings, "check", () => CallAsync(run, path, run.Of(user), findings));
                if (run.Of(books)) await LookAsync(findings, "books", () => BooksAsync(run, findings));
            }

            Print(run.Screen, findings);
            return findings.TrueForAll(f => f.Good) ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }

    private static void Print(Screen screen, List<(bool Good, string Words)> findings)
    {
        if (screen.AsJson)
        {
            var list = new JsonArray([.. findings.Select(f => (JsonNode)new JsonObject { ["good"] = f.Good, ["finding"] = f.Words })]);
            screen.Line(list.ToJsonString());
            return;
        }

        foreach (var (good, words) in findings) screen.Marked($"{(good ? "[green]✓[/]" : "[red]✗[/]")} {Screen.Escape(words)}");
    }

    private static async Task LookAsync(List<(bool, string)> findings, string what, Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (CommandFault fault)
        {
            findings.AddRange(fault.Faults.Select(f => (false, $"{what}: {f}")));
        }
    }

    private static async Task ReachableAsync(Run run, List<(bool, string)> findings)
    {
        var watch = Stopwatch.StartNew();
        var answer = await run.Engine.GetAsync("/health/ready", run.Stopping);
        var status = answer.Body.Text("status") ?? "of unknown health";
        findings.Add((status == "ready", $"the engine at {run.Engine.Connection.Address} is {status}, answered in {watch.ElapsedMilliseconds} ms"));
        if (answer.Date is not { } theirs) return;
        var apart = (theirs - run.Screen.Clock.GetUtcNow()).Duration();
        findings.Add((apart < _clockTolerance, $"its clock and this one are {apart.TotalSeconds:0} s apart"));
    }

    private static async Task KeyAsync(Run run, List<(bool, string)> findings)
    {
        if (run.Engine.Connection.Key is null)
        {
            await run.Engine.GetAsync("/v1/cost-centers?limit=1", run.Stopping);
            findings.Add((true, "no key is needed: open mode, which is for the first minutes on one machine"));
            return;
        }

        var key = (await run.Engine.GetAsync("/v1/keys/self", run.Stopping)).Body;
        findings.Add((true, $"the key from {run.Engine.Connection.KeyFrom} is '{key.Text("name")}' with {key.Text("scopes")} on {key.Text("cost_center") ?? "everything"}{(key.Text("expires_at") is { } end ? $", until {end}" : "")}"));
        var scopes = key.Items("scopes").Select(s => s.GetString()).ToList();
        if (!scopes.Contains("check") && !scopes.Contains("admin")) findings.Add((false, "the key lacks the scope check: it cannot ask before a call"));
        if (!scopes.Contains("usage") && !scopes.Contains("admin")) findings.Add((false, "the key lacks the scope usage: what it holds can only lapse, never be settled"));
    }

    private static async Task CallAsync(Run run, string costCenter, string? user, List<(bool, string)> findings)
    {
        var body = new JsonObject { ["cost_center"] = costCenter, ["amount"] = JsonNode.Parse("0.01"), ["dry_run"] = true };
        if (user is not null) body["user"] = user;
        var answer = (await run.Engine.SendAsync(HttpMethod.Post, "/v1/check", body, run.Stopping)).Body;
        var allowed = answer.Text("decision") == "allow";
        var window = Windows.InWords(answer.Member(allowed ? "tightest" : "blocked_by"));
        findings.Add((allowed, $"a call of 0.01 by {costCenter} is {(allowed ? "allowed" : $"denied, {answer.Text("reason")}")}{(window is null ? "; no limit stands in its way" : $"; {window}")}"));
        if (answer.Is("degraded")) findings.Add((false, "that answer is a guess: the ledger cannot be written at the moment"));
    }

    private static async Task BooksAsync(Run run, List<(bool, string)> findings)
    {
        var answer = (await run.Engine.GetAsync("/v1/consistency", run.Stopping)).Body;
        var good = answer.Is("consistent");
        findings.Add((good, $"{answer.Text("balances_checked")} balances {(good ? "equal" : "do NOT equal")} the sum of their {answer.Text("rows_checked")} rows"));
    }
}
