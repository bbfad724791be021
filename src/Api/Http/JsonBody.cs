using System.Text.Json;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices.Import;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Http;

/// <summary>Reads the fields of a body's object into whatever <typeparamref name="T"/> gathers.</summary>
internal delegate void FieldsReader<in T>(ref JsonFields fields, T draft);

/// <summary>Whole JSON bodies of administrative requests.</summary>
internal static class JsonBody
{
    public static readonly Problem TooDeep = new(ApiCode.MalformedJson, $"The body is nested deeper than {JsonFields.MaxDepth} levels.");

    /// <summary>Reads the object of the body into a draft. The faults found so far are left to the caller, who may find more.</summary>
    /// <param name="maxBytes">Null: as many as any body may have.</param>
    /// <returns>A problem when the body could not be read at all.</returns>
    public static async ValueTask<Problem?> ReadAsync<T>(HttpContext context, BodyReader bodies, T draft, FieldsReader<T> read, FaultList faults, int? maxBytes = null)
    {
        var body = await OpenAsync(context, bodies, maxBytes);
        if (body.Problem is not null) return body.Problem;
        try
        {
            return Read(context, body, draft, read, faults);
        }
        finally
        {
            body.Release();
        }
    }

    /// <summary>The whole body, to be read once or more. Its sender may have taken long over it, so an administrator is looked at once more.</summary>
    public static async ValueTask<WholeBody> OpenAsync(HttpContext context, BodyReader bodies, int? maxBytes = null)
    {
        var body = await bodies.ReadJsonAsync(context, maxBytes);
        if (body.Problem is not null || context.Features.Get<Admission>()?.Again(context) is not { } refused) return body;
        body.Release();
        return new WholeBody(refused);
    }

    /// <inheritdoc cref="ReadAsync"/>
    public static Problem? Read<T>(HttpContext context, in WholeBody body, T draft, FieldsReader<T> read, FaultList faults)
    {
        try
        {
            if (!JsonFields.TryOpen(body.Bytes, context.RequestServices.GetRequiredService<Resolution>(), faults, out var fields)) return null;
            read(ref fields, draft);
            fields.End();
            return null;
        }
        catch (JsonException fault)
        {
            return Malformed(fault);
        }
    }

    public static Problem Malformed(JsonException fault) => JsonDepth.IsExceeded(fault)
        ? TooDeep
        : new(ApiCode.MalformedJson, $"The body is not JSON: line {fault.LineNumber + 1 ?? 1}, byte {fault.BytePositionInLine + 1 ?? 1}.");
}
