using System.Net;

namespace BudgetEngine.Client.Http;

/// <summary>When a provider is asked again.</summary>
internal static class UpstreamRetry
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);

    /// <summary>As the provider says, else longer after each attempt; null: asking again does not help.</summary>
    public static TimeSpan? PauseAfter(HttpResponseMessage response, int attempt, TimeProvider clock)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)) return null;
        if (response.Headers.TryGetValues("x-should-retry", out var should) && should.Contains("false")) return null;
        if (response.Headers.RetryAfter is { } after) return Positive(after.Delta ?? (after.Date - clock.GetUtcNow()) ?? First);
        // Half of it by chance, so that callers who failed together do not come back together.
        var pause = First * Math.Pow(2, attempt);
        return pause * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private static TimeSpan Positive(TimeSpan pause) => pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
}
