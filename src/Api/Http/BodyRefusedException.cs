using BudgetEngine.Api.Errors;

namespace BudgetEngine.Api.Http;

/// <summary>A body is read no further. Thrown from within the reading of it; whoever reads answers the problem.</summary>
internal sealed class BodyRefusedException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}
