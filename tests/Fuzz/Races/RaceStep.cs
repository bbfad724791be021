namespace BudgetEngine.Fuzz.Races;

/// <summary>One administrative request about a resource, and what it does to it where nobody else is.</summary>
/// <param name="Key">The key it goes under; null: the administrator's.</param>
/// <param name="Model">From what is there (null: nothing) to what is there afterwards, with the status of the answer.</param>
internal sealed record RaceStep(HttpMethod Method, string Path, string? Body, Func<string?, (string? State, int Status)> Model, string? Key = null)
{
    public override string ToString() => $"{Method} {Path} {Body}";
}
