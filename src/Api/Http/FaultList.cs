using BudgetEngine.Api.Errors;

namespace BudgetEngine.Api.Http;

/// <summary>Collects everything that is wrong with a request, so that one answer names it all. Allocates nothing while there is nothing.</summary>
internal sealed class FaultList
{
    private List<InputFault>? _values;
    private List<string>? _unknown;

    public const int MaxNamed = 100;

    /// <summary>Set by tests: the names that a reader asks for are added, with those of the objects around them.</summary>
    public List<string>? Asked { get; init; }

    public bool Any => _values is not null || _unknown is not null;

    public IReadOnlyList<InputFault> Values => _values ?? (IReadOnlyList<InputFault>)[];

    public IReadOnlyList<string> UnknownFields => _unknown ?? (IReadOnlyList<string>)[];

    public void Add(string field, string message)
    {
        _values ??= [];
        // A hostile body can hold thousands of faults; a person reads the first ones.
        if (_values.Count < MaxNamed) _values.Add(new InputFault(field, message));
    }

    public void AddUnknown(string field)
    {
        _unknown ??= [];
        if (_unknown.Count < MaxNamed) _unknown.Add(field);
    }

    /// <summary>The one answer for all of it; null without a fault.</summary>
    public Problem? ToProblem()
    {
        if (!Any) return null;
        var errors = new List<InputFault>(Values);
        foreach (var field in UnknownFields) errors.Add(new InputFault(field, "is not a known field"));
        return new Problem(Code(errors), Detail(errors), errors);
    }

    private string Code(List<InputFault> errors)
    {
        if (_values is null) return ApiCode.UnknownField;
        foreach (var error in errors)
        {
            if (error.Field is not ("cost_center" or "under")) return ApiCode.InvalidRequest;
        }

        return ApiCode.InvalidCostCenter;
    }

    private static string Detail(List<InputFault> errors)
    {
        var first = errors[0];
        var more = errors.Count > 1 ? $" ({errors.Count} faults, see errors)" : "";
        return $"{first.Field} {first.Message}{more}.";
    }
}
