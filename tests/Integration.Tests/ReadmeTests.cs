using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>
/// Every shell block of README.md is run, in order, in one bash session (<c>set -euo pipefail</c>: variables and the folder carry over), against a new
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

    [ReadmeFact]
    public async Task Readme_EveryShellBlock_RunsAndPrintsWhatItSays()
    {
        var blocks = ReadmeBlock.Read(await File.ReadAllLinesAsync(Path.Combine(Repository.Root!, "README.md")));
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
        var address = $"http://127.0.0.1:{EngineProcess.FreePort()}";
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

/// <summary>A shell block, and what it is expected to print.</summary>
internal sealed record ReadmeBlock(List<string> Lines, string? ExpectedWord, string? Expected)
{
    public static List<ReadmeBlock> Read(string[] lines)
    {
        var blocks = new List<ReadmeBlock>();
        var between = int.MaxValue;
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                if (between < int.MaxValue && lines[i].Trim().Length > 0) between++;
                continue;
            }

            var word = lines[i][3..].Trim();
            var body = lines.Skip(i + 1).TakeWhile(l => !l.StartsWith("```", StringComparison.Ordinal)).ToList();
            i += body.Count + 1;
            if (word == "sh") blocks.Add(new ReadmeBlock(body, null, null));
            else if (word is "json" or "text" && between <= 1) blocks[^1] = blocks[^1] with { ExpectedWord = word, Expected = string.Join('\n', body) };
            between = word == "sh" ? 0 : int.MaxValue;
        }

        return blocks;
    }

    public string? FaultOf(string printed, Func<string, string> translate) => ExpectedWord switch
    {
        "json" => Expectation.FaultOfJson(translate(Expected!), printed),
        "text" => Expectation.FaultOfText(translate(Expected!), printed),
        _ => null,
    };
}

/// <summary>Compares loosely what was printed with what is promised. Null: it fits.</summary>
internal static partial class Expectation
{
    public static string? FaultOfText(string expected, string printed)
    {
        foreach (var line in expected.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var pattern = string.Join(".*", line.Split('…').Select(Regex.Escape));
            if (!Regex.IsMatch(printed, pattern)) return $"does not print '{line}'";
        }

        return null;
    }

    public static string? FaultOfJson(string expected, string printed)
    {
        using var document = JsonDocument.Parse(expected);
        return LastJson(printed) is { } actual ? Fault("$", document.RootElement, actual) : "prints no JSON";
    }

    /// <summary>The last value that begins at the beginning of a line and ends with the output or before another line.</summary>
    private static JsonElement? LastJson(string printed)
    {
        var bytes = Encoding.UTF8.GetBytes(printed);
        JsonElement? last = null;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] is not ((byte)'{' or (byte)'[')) continue;
            var reader = new Utf8JsonReader(bytes.AsSpan(at), isFinalBlock: true, default);
            try
            {
                if (!JsonElement.TryParseValue(ref reader, out var value)) continue;
                last = value;
                at += (int)reader.BytesConsumed - 1;
            }
            catch (JsonException)
            {
                // Not a value: perhaps the next bracket begins one.
            }
        }

        return last;
    }

    private static string? Fault(string path, JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind == JsonValueKind.String && IsOpen(expected.GetString()!)) return null;
        switch (expected.ValueKind, actual.ValueKind)
        {
            case (JsonValueKind.Object, JsonValueKind.Object):
                foreach (var member in expected.EnumerateObject())
                {
                    if (!actual.TryGetProperty(member.Name, out var value)) return $"{path}.{member.Name} is missing";
                    if (!Volatile().IsMatch(member.Name) && Fault($"{path}.{member.Name}", member.Value, value) is { } fault) return fault;
                }

                return null;
            case (JsonValueKind.Array, JsonValueKind.Array):
                if (expected.GetArrayLength() != actual.GetArrayLength()) return $"{path} has {actual.GetArrayLength()} items, not {expected.GetArrayLength()}";
                return expected.EnumerateArray().Zip(actual.EnumerateArray()).Select((p, i) => Fault($"{path}[{i}]", p.First, p.Second)).FirstOrDefault(f => f is not null);
            case (JsonValueKind.Number, JsonValueKind.Number) when expected.GetDecimal() == actual.GetDecimal():
                return null;
            default:
                return expected.ValueKind == actual.ValueKind && expected.ToString() == actual.ToString() && expected.ValueKind != JsonValueKind.Number
                    ? null : $"{path} is {actual.GetRawText()}, not {expected.GetRawText()}";
        }
    }

    private static bool IsOpen(string text) => text.Contains('…') || text.Contains("...", StringComparison.Ordinal);

    [GeneratedRegex("(^|_)(id|at|time|timestamp|key|version|etag|until)$")]
    private static partial Regex Volatile();
}
