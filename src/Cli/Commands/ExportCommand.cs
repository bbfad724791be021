using System.CommandLine;
using BudgetEngine.Cli.Engine;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget export</c>: usage as the engine streams it. A file appears only when it is whole.</summary>
internal static class ExportCommand
{
    public static Command Create(CommandLine line)
    {
        var (costCenter, from, to) = (Arguments.OptionalCostCenter(), Arguments.From(), Arguments.To());
        var format = Arguments.Text("--format", "FORMAT", "As the engine offers: ndjson, csv, focus, parquet. Default ndjson.");
        var file = new Option<FileInfo>("--output", "-o") { HelpName = "FILE", Description = "Where to. Default: the output." };
        var command = new Command("export", "Usage records of a range, all of them.") { costCenter, from, to, format, file };
        line.OnRun(command, async run =>
        {
            var path = Query.Of("/v1/export/usage", ("cost_center", run.Of(costCenter)), ("from", run.Of(from)), ("to", run.Of(to)), ("format", run.Of(format) ?? "ndjson"));
            using var answer = await run.Engine.OpenAsync(path, run.Stopping);
            try
            {
                await using var body = await answer.Content.ReadAsStreamAsync(run.Stopping);
                if (run.Of(file) is { } place) await SaveAsync(run, body, place.FullName);
                else await PrintAsync(run, body);
            }
            catch (Exception failed) when (failed is IOException or HttpRequestException or UnauthorizedAccessException)
            {
                throw new CommandFault($"the export broke off: {failed.Message}");
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static async Task PrintAsync(Run run, Stream body)
    {
        using var reader = new StreamReader(body);
        var buffer = new char[16 * 1024];
        for (int read; (read = await reader.ReadAsync(buffer, run.Stopping)) > 0;) await run.Surroundings.Output.WriteAsync(buffer.AsMemory(0, read), run.Stopping);
    }

    private static async Task SaveAsync(Run run, Stream body, string place)
    {
        var unfinished = place + ".part";
        var length = 0L;
        try
        {
            await run.Screen.WithProgressAsync("export", async tell =>
            {
                await using var target = File.Create(unfinished);
                var buffer = new byte[64 * 1024];
                for (int read; (read = await body.ReadAsync(buffer, run.Stopping)) > 0;)
                {
                    await target.WriteAsync(buffer.AsMemory(0, read), run.Stopping);
                    length += read;
                    tell(null, $"{length / 1024:N0} KiB");
                }
            });
            File.Move(unfinished, place, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }

        run.Screen.Remark($"{length:N0} bytes in {place}");
    }
}
