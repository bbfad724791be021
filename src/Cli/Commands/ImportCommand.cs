using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BudgetEngine.Cli.Engine;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget import</c>: usage records from a file of JSON lines. A repeat records nothing twice, so a broken import is simply run again.</summary>
internal static class ImportCommand
{
    private const int MaxBatch = 1_000;
    private const int MaxShownRejections = 20;

    public static Command Create(CommandLine line)
    {
        var file = new Argument<FileInfo>("file") { Description = "JSON lines, a usage record each." };
        var command = new Command("import", "Records usage from a file, each record once however often it is run.") { file };
        line.OnRun(command, async run =>
        {
            var place = run.Of(file);
            if (!place.Exists) throw new CommandFault($"there is no file {place.FullName}");
            var sums = new Sums();
            await run.Screen.WithProgressAsync("import", tell => ImportAsync(run, place, sums, tell));
            run.Screen.Line($"{sums.Recorded:N0} recorded, {sums.Duplicates:N0} were there already, {sums.Rejected:N0} rejected");
            return sums.Rejected == 0 ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }

    private static async Task ImportAsync(Run run, FileInfo place, Sums sums, Action<double?, string> tell)
    {
        await using var stream = place.OpenRead();
        using var reader = new StreamReader(stream);
        var (batch, first, number) = (new List<string>(), 1L, 0L);
        while (await reader.ReadLineAsync(run.Stopping) is { } text)
        {
            number++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            if (batch.Count == 0) first = number;
            batch.Add(text);
            if (batch.Count < MaxBatch) continue;
            await PostAsync(run, batch, first, sums);
            batch.Clear();
            tell(place.Length == 0 ? 1 : (double)stream.Position / place.Length, $"{number:N0} lines");
        }

        if (batch.Count > 0) await PostAsync(run, batch, first, sums);
    }

    private static async Task PostAsync(Run run, List<string> lines, long first, Sums sums)
    {
        using var body = new StringContent(string.Join('\n', lines), Encoding.UTF8) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
        var answer = (await run.Engine.SendContentAsync(HttpMethod.Post, "/v1/usage", body, run.Stopping)).Body;
        sums.Recorded += answer.Number("recorded") is { } recorded ? (long)recorded : 0;
        sums.Duplicates += answer.Number("duplicates") is { } duplicates ? (long)duplicates : 0;
        foreach (var result in answer.Items("results").Where(r => r.Text("result") == "rejected"))
        {
            if (++sums.Rejected <= MaxShownRejections) run.Screen.Remark($"record {first + (long)(result.Number("index") ?? 0)}: {result.Text("code")}: {result.Text("detail")}{Fields(result)}");
            else if (sums.Rejected == MaxShownRejections + 1) run.Screen.Remark("further rejections are only counted");
        }
    }

    private static string Fields(JsonElement result) =>
        result.Member("errors") is { ValueKind: JsonValueKind.Object } errors ? $" ({string.Join("; ", errors.EnumerateObject().Select(e => $"{e.Name}: {string.Join(", ", e.Value.EnumerateArray())}"))})" : "";

    private sealed class Sums
    {
        public long Recorded { get; set; }

        public long Duplicates { get; set; }

        public long Rejected { get; set; }
    }
}
