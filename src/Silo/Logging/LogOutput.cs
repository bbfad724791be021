using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Logging;

/// <summary>How the log is written: <c>Logging:Format</c> is <c>text</c> (default), a line each, or <c>json</c>, an object each.</summary>
internal static class LogOutput
{
    /// <summary>The setting.</summary>
    public const string Key = "Logging:Format";

    public const string Text = "text";
    public const string Json = "json";

    /// <exception cref="OptionsValidationException">Another format is asked for.</exception>
    public static void AddEngineLog(this ILoggingBuilder logging, IConfiguration configuration)
    {
        var format = configuration[Key] ?? Text;
        if (format is not (Text or Json)) throw new OptionsValidationException(Key, typeof(LogOutput), [$"{Key} is '{format}'; it can be {Text} or {Json}"]);
        logging.AddConsole(o => o.FormatterName = NameOf(format));
        logging.AddConsoleFormatter<TextLines, ConsoleFormatterOptions>();
        logging.AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
    }

    /// <summary>Of the formatter: .NET has one of its own that is called json.</summary>
    internal static string NameOf(string format) => "budget-engine-" + format;

    /// <summary>Whether what is written to standard output is one JSON object a line, and nothing besides.</summary>
    public static bool IsJson(IConfiguration configuration) => configuration[Key] == Json;
}
