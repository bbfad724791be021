using Grpc.Core;

namespace BudgetEngine.Envoy.Hosting;

/// <summary>How long a caller waits.</summary>
internal static class Deadlines
{
    /// <summary>Of the time that is left, the part for the way back.</summary>
    private const int WayBack = 4;

    /// <summary>The time that the decision may take; null: the caller says nothing.</summary>
    public static TimeSpan? Left(this ServerCallContext context, TimeProvider clock)
    {
        if (context.Deadline == DateTime.MaxValue) return null;
        var left = context.Deadline - clock.GetUtcNow().UtcDateTime;
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left - left / WayBack;
    }
}
