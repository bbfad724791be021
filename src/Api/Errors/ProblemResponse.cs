using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.OpenApi;

namespace BudgetEngine.Api.Errors;

/// <summary>An answer of 400 or above.</summary>
[Description("Every answer of 400 and above. errors names all faults of values at once.")]
public record ProblemResponse(
    string Type,
    string Title,
    int Status,
    [property: ApiCodes] string Code,
    string Detail,
    string RequestId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors)
{
    internal static ProblemResponse Of(Problem problem, string requestId) => new(
        Problem.TypePrefix + problem.Code, ApiCode.TitleOf(problem.Code), ApiCode.StatusOf(problem.Code), problem.Code, problem.Detail, requestId, ByField(problem.Errors));

    /// <summary>Faults by field, each in the order in which they were found; null without any.</summary>
    internal static Dictionary<string, IReadOnlyList<string>>? ByField(IReadOnlyList<InputFault>? faults)
    {
        if (faults is not { Count: > 0 }) return null;
        var fields = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (field, message) in faults)
        {
            if (!fields.TryGetValue(field, out var messages)) fields.Add(field, messages = new List<string>());
            ((List<string>)messages).Add(message);
        }

        return fields;
    }
}
