using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BudgetEngine.Reports.Fill;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Reports.Measure;

/// <summary>Asks an engine one question after the other over HTTP, and prints medians and p95 as a table.</summary>
/// <param name="sessions">Processes of the engine's sessions at a database of its own.</param>
internal sealed class ReportMeasure(EngineProcess engine, FillPlan plan, int rounds, Func<IReadOnlyList<int>> sessions)
{
    private const int PagesBehind = 40;

    public async Task RunAsync(string store)
    {
        using var client = new HttpClient { BaseAddress = engine.Address, Timeout = TimeSpan.FromMinutes(10) };
        var farBehind = await FarBehindAsync(client);
        Console.WriteLine($"\n| {store} | median ms | p95 ms | wanted | processor ms | |\n|---|--:|--:|--:|--:|---|");
        foreach (var question in ReportQuestion.Of(plan))
        {
            var (times, processor, status) = await AskAsync(client, question, farBehind);
            var p95 = times[(int)Math.Ceiling(times.Count * 0.95) - 1];
            var verdict = status != 200 ? $"answers {status}" : p95 <= question.Bound ? "" : "**missed**";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {question.Name} | {times[times.Count / 2]:0.0} | {p95:0.0} | {question.Bound} | {processor:0.0} | {verdict} |"));
        }

        foreach (var format in (string[])["ndjson", "csv", "parquet", "focus"]) await ExportAsync(client, format);
    }

    /// <summary>Times in ascending order; the first answer, which pays for the compiler and cold pages, is not among them.</summary>
    private async Task<(List<double> Times, double ProcessorMs, int Status)> AskAsync(HttpClient client, ReportQuestion question, string farBehind)
    {
        var (times, status, used) = (new List<double>(), 200, TimeSpan.Zero);
        for (var round = 0; round <= rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(question.Path(round).Replace(ReportQuestion.FarBehind, farBehind, StringComparison.Ordinal));
            await answer.Content.ReadAsByteArrayAsync();
            if (!answer.IsSuccessStatusCode) status = (int)answer.StatusCode;
            if (round > 0) times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            else used = Used();
        }

        times.Sort();
        return (times, (Used() - used).TotalMilliseconds / rounds, status);
    }

    private static async Task<string> FarBehindAsync(HttpClient client)
    {
        var cursor = "";
        for (var page = 0; page < PagesBehind; page++)
        {
            using var answer = JsonDocument.Parse(await client.GetStringAsync($"/v1/reports/spend?level=3&limit=500{(cursor.Length > 0 ? "&cursor=" + cursor : "")}"));
            if (answer.RootElement.GetProperty("next_cursor").GetString() is not { } next) break;
            cursor = next;
        }

        return cursor;
    }

    /// <summary>A tenth of all records, as one tenant's export; the process's memory before and at most meanwhile.</summary>
    private async Task ExportAsync(HttpClient client, string format)
    {
        var (before, most, bytes) = (Memory(), 0L, 0L);
        var started = Stopwatch.GetTimestamp();
        using var answer = await client.GetAsync($"/v1/export/usage?format={format}&cost_center={FillPlan.TenantOf(1)}", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 20];
        while (await body.ReadAsync(buffer) is > 0 and var read)
        {
            bytes += read;
            most = Math.Max(most, Memory());
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"export of a tenant as {format}: {bytes / 1e6:0} MB in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, resident memory {before} MB before, {most} MB at most"));
    }

    /// <summary>Processor time of the engine, and of its sessions at PostgreSQL: what a busy machine does not lengthen as it does the time that passes.</summary>
    private TimeSpan Used() => sessions().Append(engine.Id).Aggregate(TimeSpan.Zero, (sum, id) => sum + UsedBy(id));

    private static TimeSpan UsedBy(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.TotalProcessorTime;
        }
        catch (ArgumentException)
        {
            // A session that has ended meanwhile.
            return TimeSpan.Zero;
        }
    }

    private long Memory()
    {
        var line = File.ReadLines($"/proc/{engine.Id}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
