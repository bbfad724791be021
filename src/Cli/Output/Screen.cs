using System.Text.Encodings.Web;
using System.Text.Json;
using BudgetEngine.Cli.Configuration;
using Spectre.Console;

namespace BudgetEngine.Cli.Output;

/// <summary>Where a command writes: tables for people, JSON for programs.</summary>
/// <param name="asJson">Exactly what the engine said instead of tables.</param>
internal sealed class Screen(Surroundings surroundings, bool asJson, bool noColor)
{
    private const int WidthWithoutTerminal = 160;
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IAnsiConsole _out = Console(surroundings.Output, surroundings, noColor);
    private readonly IAnsiConsole _errors = Console(surroundings.Errors, surroundings, noColor);

    public bool AsJson => asJson;

    public TimeProvider Clock => surroundings.Clock;

    public void Json(JsonElement element) => surroundings.Output.WriteLine(JsonSerializer.Serialize(element, _indented));

    /// <summary>One element of a stream, on a line of its own.</summary>
    public void JsonLine(JsonElement element) => surroundings.Output.WriteLine(element.GetRawText());

    public void Line(string text) => surroundings.Output.WriteLine(text);

    /// <summary>A line with Spectre's markup; text of others goes through <see cref="Escape"/>.</summary>
    public void Marked(string markup) => _out.MarkupLine(markup);

    /// <summary>A remark beside the result: not part of what a program reads.</summary>
    public void Remark(string text) => surroundings.Errors.WriteLine(text);

    public void Table(string[] columns, IEnumerable<string?[]> rows, params ReadOnlySpan<int> numbers)
    {
        var table = new Table().Border(TableBorder.Simple);
        for (var i = 0; i < columns.Length; i++)
        {
            var column = new TableColumn($"[bold]{Escape(columns[i])}[/]");
            table.AddColumn(numbers.Contains(i) ? column.RightAligned().NoWrap() : column);
        }

        foreach (var row in rows) table.AddRow([.. row.Select(c => c ?? "")]);
        if (table.Rows.Count == 0) Line("none");
        else _out.Write(table);
    }

    /// <summary>Long work with a bar where a person looks on. The work tells how much of the whole is done, 0 to 1; null where that is not known.</summary>
    public Task WithProgressAsync(string title, Func<Action<double?, string>, Task> work)
    {
        if (!surroundings.IsTerminal || asJson) return work((_, _) => { });
        return _errors.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new SpinnerColumn()).StartAsync(async context =>
        {
            var task = context.AddTask(Escape(title), maxValue: 1);
            await work((done, words) =>
            {
                task.IsIndeterminate = done is null;
                task.Value = done ?? 0;
                task.Description = Escape($"{title} {words}");
            });
        });
    }

    public static string Escape(string? text) => Markup.Escape(Printable(text ?? ""));

    /// <summary>The status of a limit in its colour.</summary>
    public static string Status(string? status) => status switch
    {
        null => "",
        "ok" => "[green]ok[/]",
        "exceeded" or "emergency" => $"[red]{status}[/]",
        _ => $"[yellow]{Escape(status)}[/]",
    };

    /// <summary>How much of a limit is used, as ten blocks and a percentage.</summary>
    public static string Bar(decimal? utilization)
    {
        if (utilization is not { } used) return "";
        var blocks = (int)Math.Clamp(decimal.Round(used * 10), 0, 10);
        var colour = used >= 1 ? "red" : used >= 0.7m ? "yellow" : "green";
        return $"[{colour}]{new string('█', blocks)}[/][dim]{new string('░', 10 - blocks)}[/] {used * 100:0.0}%";
    }

    // Names come from others: a control character must not reach the terminal.
    private static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;

    private static IAnsiConsole Console(TextWriter writer, Surroundings surroundings, bool noColor)
    {
        var plain = noColor || !surroundings.IsTerminal || surroundings.Variables("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = surroundings.IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!surroundings.IsTerminal) console.Profile.Width = WidthWithoutTerminal;
        return console;
    }
}
