using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;

namespace BudgetEngine.Load.Open;

/// <summary>What one connection sends when it is its turn: one request at a time.</summary>
internal interface IOpenScript
{
    /// <summary>The next request is a check: only of these is the latency taken down.</summary>
    bool IsCheck { get; }

    /// <returns>Null, or which answer was not as it should be.</returns>
    ValueTask<string?> SendAsync(Connection connection);

    /// <summary>Ends what is still open, outside of the measurement.</summary>
    ValueTask<string?> FinishAsync(Connection connection);
}

/// <summary>A check, the next time the release of its hold, and so on: each is one request of the rate.</summary>
internal sealed class OpenCheckScript(LeafPicker leaves) : IOpenScript
{
    private readonly CheckRequest _check = new(CostCenters.LoadTenant, leaves);
    private readonly ReservationRequest _release = new(id => WireRequest.Of("DELETE", $"/v1/reservations/{id}"));
    private WireRequest? _open;

    public bool IsCheck => _open is null;

    public async ValueTask<string?> SendAsync(Connection connection)
    {
        if (_open is not null) return await FinishAsync(connection);
        var answer = await connection.ExchangeAsync(_check.Next());
        if (!ReservationRequest.TryFind(answer, out var id)) return answer.Describe("a check");
        _open = _release.For(id.Span);
        return null;
    }

    public async ValueTask<string?> FinishAsync(Connection connection)
    {
        if (_open is null) return null;
        var answer = await connection.ExchangeAsync(_open.Bytes);
        _open = null;
        return answer.Has("\"state\":\"released\""u8) ? null : answer.Describe("a release");
    }
}

/// <summary>Checks that are echoed.</summary>
internal sealed class OpenEchoScript(LeafPicker leaves, byte[] expected) : IOpenScript
{
    private readonly CheckRequest _check = new(CostCenters.LoadTenant, leaves);

    public bool IsCheck => true;

    public async ValueTask<string?> SendAsync(Connection connection)
    {
        var answer = await connection.ExchangeAsync(_check.Next());
        return answer.Has(expected) ? null : answer.Describe("a check");
    }

    public ValueTask<string?> FinishAsync(Connection connection) => ValueTask.FromResult<string?>(null);
}
