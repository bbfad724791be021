using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BudgetEngine.Domain;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api;

/// <summary>An answer of JSON written straight into the response's pipe by a pooled writer; its length is known before it is sent.</summary>
internal readonly struct JsonAnswer
{
    private static readonly JsonWriterOptions Options = new()
    {
        // Not HTML: only what JSON itself wants is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    private readonly HttpContext _context;

    private JsonAnswer(HttpContext context, Utf8JsonWriter writer)
    {
        _context = context;
        Writer = writer;
    }

    public Utf8JsonWriter Writer { get; }

    /// <summary>Begins the answer; status and headers are set by the caller. Content type: JSON unless it is set already.</summary>
    public static JsonAnswer Begin(HttpContext context)
    {
        context.Response.ContentType ??= "application/json";
        return new JsonAnswer(context, Rent(context.Response.BodyWriter));
    }

    public static Utf8JsonWriter Rent(IBufferWriter<byte> output)
    {
        var writer = t_writer;
        if (writer is null) return new Utf8JsonWriter(output, Options);
        t_writer = null;
        writer.Reset(output);
        return writer;
    }

    public static void Return(Utf8JsonWriter writer) => t_writer = writer;

    /// <summary>Ends the answer. An exception before this drops the writer, whose state is then not known.</summary>
    public Task SendAsync()
    {
        Writer.Flush();
        if (!_context.Response.HasStarted) _context.Response.ContentLength = Writer.BytesCommitted;
        Return(Writer);
        var flush = _context.Response.BodyWriter.FlushAsync();
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }
}

/// <summary>Values as the API writes them.</summary>
public static class JsonValues
{
    public static void WriteMoney(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Money money)
    {
        json.WritePropertyName(name);
        json.WriteMoneyValue(money);
    }

    public static void WriteMoney(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Money? money)
    {
        if (money is { } value) json.WriteMoney(name, value);
        else json.WriteNull(name);
    }

    public static void WriteMoneyValue(this Utf8JsonWriter json, Money money)
    {
        Span<byte> text = stackalloc byte[MoneyText.MaxLength];
        json.WriteRawValue(text[..MoneyText.Format(money, text)], skipInputValidation: true);
    }

    /// <summary>A decimal without exponent or trailing zeros.</summary>
    public static void WriteDecimal(this Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal? value)
    {
        if (value is { } number) json.WriteNumber(name, number / 1.0000000000000000000000000000m);
        else json.WriteNull(name);
    }

    public static void WriteInteger(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    /// <summary>RFC 3339 in UTC.</summary>
    public static void WriteTime(this Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } value) json.WriteString(name, value.UtcDateTime);
        else json.WriteNull(name);
    }

    public static void WriteDate(this Utf8JsonWriter json, ReadOnlySpan<byte> name, DateOnly date)
    {
        Span<char> text = stackalloc char[10];
        date.TryFormat(text, out var length, "O", System.Globalization.CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
    }
}
