using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests.Readme;

/// <summary>
/// Every shell block of README.md, and of docs/http.md, is run, in order, in one bash session (<c>set -euo pipefail</c>: variables and the folder carry over), against a new
/// engine with an empty data folder. The rules for whoever writes the README:
/// <list type="bullet">
/// <item>Fences <c>```sh</c> are run. Fences of any other word (<c>```console</c>, <c>```bash</c>, ...) are not: use them for what a test cannot run.</item>
/// <item><c>http://127.0.0.1:8080</c>, <c>http://localhost:8080</c> and <c>./run.sh</c> are replaced. A line that starts the engine (<c>./run.sh [options]</c>,
/// with or without <c>&amp;</c>) starts it in the background and waits until it is ready; <c>--data</c>, <c>--urls</c> and <c>--no-build</c> of it are the test's.
/// Where no line does, the engine runs before the first block. <c>./run.sh keys create --admin</c> and <c>./run.sh migrate</c> run against the same data.</item>
/// <item>Lines that begin with <c>git clone</c>, <c>cd </c>, <c>./test.sh</c>, <c>docker</c>, <c>kubectl</c> or <c>rm </c> are left out.</item>
/// <item>A block that fails (any command of it: use <c>curl --fail-with-body</c> where a failure should count) fails the test.</item>
/// <item>When the next fence after a block, with only blank lines or one line of text between, is <c>```json</c>, the last JSON value that the block prints
/// must have at least its members: numbers by value, arrays item by item; members whose name ends in id, at, time, timestamp, key, version, etag or until,
/// and texts with <c>…</c> or <c>...</c>, need only be there. When it is <c>```text</c>, each of its lines must be in the output, <c>…</c> standing for anything.</item>
/// </list>
/// </summary>
public sealed partial class ReadmeTests(ITestOutputHelper output)
{
    private static readonly string[] _leftOut = ["git clone", "cd ", "./test.sh", "docker", "kubectl", "rm "];

    [ToolFact("bash", "curl")]
    public Task Readme_EveryShellBlock_RunsAndPrintsWhatItSays() => RunAsync("README.md");

    [ToolFact("bash", "curl")]
    public Task HttpGuide_EveryShellBlock_RunsAndPrintsWhatItSays() => RunAsync(Path.Combine("docs", "http.md"));

    private async Task RunAsync(string document)
    {
        var blocks = ReadmeBlock.Read(await File.ReadAllLinesAsync(Path.Combine(Repository.Root!, document)));
        output.WriteLine($"{blocks.Count} blocks");
        Assert.NotEmpty(blocks);
        using var store = Store.NewSqlite();
        var folder = Directory.CreateTempSubdirectory("budget-readme-").FullName;
        try
        {
            await RunAsync(blocks, store, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void ExpectedJson_ComparesMembersByValueAndIgnoresVolatileOnes()
    {
        const string actual = """{"decision":"allow","reservation_id":"rsv_1","granted":1.50,"items":[{"a":1,"at":"x"}],"more":true}""";
        Assert.Null(Expectation.FaultOfJson("""{"decision":"allow","reservation_id":"rsv_…","granted":1.5,"items":[{"a":1,"at":"2026"}]}""", "noise {\n" + actual));
        Assert.NotNull(Expectation.FaultOfJson("""{"decision":"deny"}""", actual));
        Assert.NotNull(Expectation.FaultOfJson("""{"granted":1.6}""", actual));
        Assert.NotNull(Expectation.FaultOfJson("""{"missing":1}""", actual));
        Assert.NotNull(Expectation.FaultOfJson("""{"items":[]}""", actual));
        Assert.Null(Expectation.FaultOfText("BudgetEngine listens on …\n", "x\nBudgetEngine listens on http://h\n"));
        Assert.NotNull(Expectation.FaultOfText("another line", "x\n"));
    }

    private async Task RunAsync(List<ReadmeBlock> blocks, Store store, string folder)
    {
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        var startsItself = blocks.Any(b => b.Lines.Any(IsStart));
        var script = new StringBuilder($"set -euo pipefail\ncd '{folder}'\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n");
        script.AppendLine("ready() { for i in $(seq 600); do curl -sf " + address + "/health/ready >/dev/null && return; read -rt 0.05 <> <(:) || true; done; echo 'the engine did not become ready' >&2; return 1; }");
        if (!startsItself) script.AppendLine(StartLine(address, store));
        for (var i = 0; i < blocks.Count; i++)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"echo {i} > block; exec 3>&1 1>out-{i} 2>err-{i}");
            foreach (var line in blocks[i].Lines) script.AppendLine(Translate(line, address, store));
            script.AppendLine("exec 1>&3");
        }

        var file = Path.Combine(folder, "readme.sh");
        await File.WriteAllTextAsync(file, script.ToString());
        using var process = Process.Start(new ProcessStartInfo("bash", [file]) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["Keys__Open"] = "true" } })!;
        var (stdout, stderr) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await process.WaitForExitAsync(timeout.Token);
        var at = int.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "block")), CultureInfo.InvariantCulture);
        var block = string.Join('\n', blocks[at].Lines);
        Assert.True(process.ExitCode == 0, $"block {at + 1} ended with {process.ExitCode}:\n{block}\n{await OutputOf(folder, "out", at)}{await OutputOf(folder, "err", at)}{await stderr}");
        for (var i = 0; i < blocks.Count; i++)
        {
            var printed = await OutputOf(folder, "out", i);
            if (blocks[i].FaultOf(printed, text => WithAddress(text, address)) is { } fault) Assert.Fail($"block {i + 1}: {fault}\n{string.Join('\n', blocks[i].Lines)}\nprinted:\n{printed}");
        }

        await stdout;
    }

    private static Task<string> OutputOf(string folder, string kind, int index)
    {
        var file = Path.Combine(folder, $"{kind}-{index}");
        return File.Exists(file) ? File.ReadAllTextAsync(file) : Task.FromResult("");
    }

    private static bool IsStart(string line) => line.TrimStart().StartsWith("./run.sh", StringComparison.Ordinal) && !IsVerb(line);

    private static bool IsVerb(string line) => Verb().IsMatch(line);

    private static string StartLine(string address, Store store) =>
        $"dotnet '{EngineProcess.Program}' --urls {address} --data '{store.Directory}' > engine.log 2>&1 & ready";

    private static string Translate(string line, string address, Store store)
    {
        if (_leftOut.Any(p => line.TrimStart().StartsWith(p, StringComparison.Ordinal))) return ":";
        if (IsStart(line)) return StartLine(address, store);
        return Verb().Replace(WithAddress(line, address), m => $"dotnet '{EngineProcess.Program}' {m.Groups[1].Value} --data '{store.Directory}'");
    }

    private static string WithAddress(string text, string address) =>
        text.Replace("http://127.0.0.1:8080", address, StringComparison.Ordinal).Replace("http://localhost:8080", address, StringComparison.Ordinal)
            .Replace("127.0.0.1:8080", address["http://".Length..], StringComparison.Ordinal);

    [GeneratedRegex(@"\./run\.sh\s+(keys create --admin|migrate)")]
    private static partial Regex Verb();
}
