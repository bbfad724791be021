using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Usage;

namespace BudgetEngine.Api.Ingest.CloudEvents;

/// <summary>
/// Reads an event in JSON. By hand, since the library (CloudNative.CloudEvents 2.9.0) throws a whole event away, and a whole batch with it, for an attribute that is
/// of no use to us: a time with a space in it, a name with an underscore, a number for a text. Unknown attributes, the type and the version are not looked at.
/// </summary>
internal static class CloudEventJson
{
    private static readonly FrozenSet<string> Wanted = new[] { "id", "source", "subject", "time", "data", "data_base64" }.ToFrozenSet();

    public static UsageInput Read(in ReadOnlySequence<byte> json, CloudEventRecords records)
    {
        try
        {
            if (ForeignRecord.Read(json, Wanted) is not { } record) return new UsageInput { Unreadable = (ApiCode.InvalidRequest, "The event must be a JSON object.") };
            var attributes = new EventAttributes(record.Identity("id"), record.Identity("source"), record.Text("subject"), record.Find("time") is { } time ? ForeignValues.Text(time) ?? "" : null);
            return records.Of(attributes, DataOf(record));
        }
        catch (JsonException fault)
        {
            return new UsageInput { Unreadable = (ApiCode.MalformedJson, JsonBody.Malformed(fault).Detail) };
        }
    }

    /// <summary>The record: an object, or JSON within a text or within Base64, as senders have it whose library knows only bytes.</summary>
    private static ReadOnlyMemory<byte> DataOf(ForeignRecord record)
    {
        if (record.Find("data") is { } data)
        {
            return data.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(ForeignValues.Text(data) ?? "") : JsonMarshal.GetRawUtf8Value(data).ToArray();
        }

        if (record.Text("data_base64") is not { } coded) return default;
        var bytes = new byte[coded.Length];
        return Convert.TryFromBase64String(coded, bytes, out var length) ? bytes.AsMemory(0, length) : default;
    }
}
