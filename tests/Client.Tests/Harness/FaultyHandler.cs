namespace BudgetEngine.Client.Tests.Harness;

/// <summary>A network that loses questions and answers by chance, and does not come back from some outages for a while.</summary>
internal sealed class FaultyHandler(int seed, double share) : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly Random _random = new(seed);
    private readonly Lock _sync = new();

    /// <summary>Nothing passes.</summary>
    public bool IsDown { get; set; }

    public int Faults { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsDown || IsFault()) throw new HttpRequestException("The question is lost.");
        var response = await base.SendAsync(request, cancellationToken);
        if (!IsFault()) return response;
        response.Dispose();
        throw new HttpRequestException("The answer is lost.");
    }

    private bool IsFault()
    {
        lock (_sync)
        {
            if (_random.NextDouble() >= share) return false;
            Faults++;
            return true;
        }
    }
}
