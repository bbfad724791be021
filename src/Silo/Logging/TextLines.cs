using System.Globalization;

namespace BudgetEngine.Silo.Logging;

/// <summary><c>2026-11-28T10:32:00.123Z warn: BudgetEngine.Ledger.Writer.LeaseKeeper[1022] Another process has taken over ...</c>: always one line.</summary>
public sealed class TextLines(TimeProvider clock, IConfiguration configuration) : EngineLines(LogOutput.NameOf(LogOutput.Text), clock, configuration)
{
    protected override void Write(TextWriter output, LogLine line)
    {
        output.Write(line.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write($" {WordOf(line.Level)}: {line.Category}[{line.Event.Id.ToString(CultureInfo.InvariantCulture)}] {OneLine(line.Message)}");
        if (line.Fault is { } fault)
        {
            output.Write($" {OneLine(Describe(fault))}");
            if (StackOf(fault) is { } stack) output.Write($" {OneLine(stack)}");
        }

        output.WriteLine();
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string WordOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
