using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BudgetEngine.Silo.Logging;

/// <summary>One object a line: <c>time</c>, <c>level</c>, <c>event_id</c>, <c>category</c>, <c>message</c>, the named values of the message (<c>cost_center</c>, <c>user</c>, ...), <c>exception</c>.</summary>
public sealed class JsonLines(TimeProvider clock, IConfiguration configuration) : EngineLines(LogOutput.NameOf(LogOutput.Json), clock, configuration)
{
    private const string Template = "{OriginalFormat}";

    private static readonly HashSet<string> _taken = new(StringComparer.Ordinal) { "time", "level", "event_id", "category", "message", "exception" };

    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    protected override void Write(TextWriter output, LogLine line)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes, _options))
        {
            json.WriteStartObject();
            json.WriteString("time", line.At.UtcDateTime);
            json.WriteString("level", line.Level.ToString().ToLowerInvariant());
            json.WriteNumber("event_id", line.Event.Id);
            json.WriteString("category", line.Category);
            json.WriteString("message", line.Message);
            WriteValues(json, line);
            if (line.Fault is { } fault) WriteFault(json, fault);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    private static void WriteValues(Utf8JsonWriter json, LogLine line)
    {
        var written = new HashSet<string>(_taken, StringComparer.Ordinal);
        foreach (var (name, value) in line.Values)
        {
            var member = JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
            if (name == Template || !written.Add(member)) continue;
            json.WritePropertyName(member);
            Write(json, value);
        }
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case decimal number: json.WriteNumberValue(number); break;
            default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private void WriteFault(Utf8JsonWriter json, Exception fault)
    {
        json.WriteStartObject("exception");
        json.WriteString("type", fault.GetType().FullName);
        json.WriteString("message", Describe(fault));
        if (StackOf(fault) is { } stack) json.WriteString("stack", stack);
        json.WriteEndObject();
    }
}
