using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Usage;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Ingest;

/// <summary>Bodies in others' formats: an array, lines, or one record, told by the first character where the type does not say. Answered in the batch's form always.</summary>
internal sealed class IngestBodies(UsageBatches batches)
{
    /// <param name="isLines">The type says that it is NDJSON.</param>
    public async Task<Problem?> PostAsync(HttpContext context, ApiKey caller, RecordFormat format, bool isLines)
    {
        if (batches.Open(context, format, out var problem) is not { } intake) return problem;
        using var reading = intake;
        if (isLines) return await batches.PostAllAsync(context, caller, intake, isArray: false, first: null, listAll: true);
        UsageInput? first;
        try
        {
            (first, problem) = await intake.ReadFirstAsync();
            if (problem is not null) return problem;
            if (intake.IsArray) return await batches.PostAllAsync(context, caller, intake, isArray: true, first: null, listAll: true);
        }
        catch (BodyRefusedException refused)
        {
            return refused.Problem;
        }
        catch (InvalidDataException)
        {
            // Safe: no record has been posted.
            return new Problem(ApiCode.MalformedJson, "The body is not valid gzip.");
        }

        return await batches.PostAllAsync(context, caller, intake, isArray: false, first, listAll: true);
    }
}
