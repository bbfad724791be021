using System.Text.Json;
using BudgetEngine.Api.Errors;
using BudgetEngine.Domain.Prices.Import;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Http;

/// <summary>Reads the fields of a body's object into whatever <typeparamref name="T"/> gathers.</summary>
internal delegate void FieldsReader<in T>(ref JsonFields fields, T draft);

/// <summary>Whole JSON bodies of administrative requests.</summary>
internal static class JsonBody
{
    public static readonly Problem TooDeep = new(ApiCode.MalformedJson, $"The body is nested deeper than {JsonFields.MaxDepth} levels.");

    /// <summary>Reads the object of the body into a draft. The faults found so far are left to the caller, who may find more.</summary>
    /// <returns>A problem when the body could not be read at all.</returns>
    public static async ValueTask<Problem?> ReadAsync<T>(HttpContext context, int maxBytes, T draft, FieldsReader<T> read, FaultList faults)
    {
        var body = await RequestBody.ReadJsonAsync(context, maxBytes);
        if (body.Problem is not null) return body.Problem;
        try
        {
            if (!JsonFields.TryOpen(body.Bytes, faults, out var fields)) return null;
            read(ref fields, draft);
            fields.End();
            return null;
        }
        catch (JsonException fault)
        {
            return Malformed(fault);
        }
        finally
        {
            body.Release();
        }
    }

    public static Problem Malformed(JsonException fault) => JsonDepth.IsExceeded(fault)
        ? TooDeep
        : new(ApiCode.MalformedJson, $"The body is not JSON: line {fault.LineNumber + 1 ?? 1}, byte {fault.BytePositionInLine + 1 ?? 1}.");
}
