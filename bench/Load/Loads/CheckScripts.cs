using System.Diagnostics;
using System.Text;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Loads;

/// <summary>One check after the other, each with the same expected answer: echoed, denied, allowed and left to lapse.</summary>
internal sealed class CheckScript(string tenant, LeafPicker leaves, byte[] expected, int holdSeconds = Bodies.LongHold) : IScript
{
    private readonly CheckRequest _check = new(tenant, leaves, holdSeconds);

    public async ValueTask<string?> RunAsync(Connection connection, Meter meter)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await connection.ExchangeAsync(_check.Next());
        meter.Add(1, started);
        return answer.Has(expected) ? null : answer.Describe("a check");
    }
}

/// <summary>A check that is allowed; its reservation is released.</summary>
internal sealed class ReleaseScript(string tenant, LeafPicker leaves) : IScript
{
    private readonly CheckRequest _check = new(tenant, leaves);
    private readonly ReservationRequest _release = new(id => WireRequest.Of("DELETE", $"/v1/reservations/{id}"));

    public async ValueTask<string?> RunAsync(Connection connection, Meter meter)
    {
        var started = Stopwatch.GetTimestamp();
        var checkedAs = await connection.ExchangeAsync(_check.Next());
        meter.Add(1, started);
        if (!ReservationRequest.TryFind(checkedAs, out var id)) return checkedAs.Describe("a check");
        started = Stopwatch.GetTimestamp();
        var released = await connection.ExchangeAsync(_release.For(id.Span).Bytes);
        meter.Add(2, started);
        return released.Has("\"state\":\"released\""u8) ? null : released.Describe("a release");
    }
}

/// <summary>A check that is allowed; usage settles its reservation, durably.</summary>
internal sealed class SettleScript(string tenant, LeafPicker leaves) : IScript
{
    private readonly CheckRequest _check = new(tenant, leaves);
    private readonly ReservationRequest _settle = new(id => WireRequest.Of("POST", "/v1/usage", Bodies.Settlement(id, UniqueIds.Place)));

    public async ValueTask<string?> RunAsync(Connection connection, Meter meter)
    {
        var started = Stopwatch.GetTimestamp();
        var checkedAs = await connection.ExchangeAsync(_check.Next());
        meter.Add(1, started);
        if (!ReservationRequest.TryFind(checkedAs, out var id)) return checkedAs.Describe("a check");
        var settle = _settle.For(id.Span);
        settle.WriteHex(_settle.RequestIdAt, UniqueIds.Next());
        started = Stopwatch.GetTimestamp();
        var settled = await connection.ExchangeAsync(settle.Bytes);
        meter.Add(2, started);
        return settled.Has("\"result\":\"recorded\""u8) ? null : settled.Describe("a settlement");
    }
}

/// <summary>The request of a check, for one leaf after the other.</summary>
internal sealed class CheckRequest
{
    private readonly WireRequest _request;
    private readonly LeafPicker _leaves;
    private readonly int _leafAt;

    public CheckRequest(string tenant, LeafPicker leaves, int holdSeconds = Bodies.LongHold)
    {
        _request = WireRequest.Of("POST", "/v1/check", Bodies.Check($"{tenant}/{CostCenters.FirstLeaf}", holdSeconds: holdSeconds));
        _leafAt = _request.PlaceOf(CostCenters.FirstLeaf);
        _leaves = leaves;
    }

    public ReadOnlyMemory<byte> Next()
    {
        _leaves.Write(_request, _leafAt);
        return _request.Bytes;
    }
}

/// <summary>A request that names a reservation. Ids of cost centers with names of equal length are equally long, so it is nearly never built anew.</summary>
internal sealed class ReservationRequest(Func<string, WireRequest> build)
{
    private WireRequest? _request;
    private int _idLength;
    private int _idAt;

    /// <summary>Where a request id stands, if there is one.</summary>
    public int RequestIdAt { get; private set; }

    public static bool TryFind(Answer answer, out ReadOnlyMemory<byte> id)
    {
        id = default;
        if (!answer.Has("\"decision\":\"allow\""u8)) return false;
        var name = "\"reservation_id\":\""u8;
        var at = answer.Body.Span.IndexOf(name);
        if (at < 0) return false;
        id = answer.Body[(at + name.Length)..];
        id = id[..id.Span.IndexOf((byte)'"')];
        return true;
    }

    public WireRequest For(ReadOnlySpan<byte> id)
    {
        if (_request is null || _idLength != id.Length) Build(Encoding.UTF8.GetString(id));
        _request!.Write(_idAt, id);
        return _request;
    }

    private void Build(string id)
    {
        _request = build(id);
        _idLength = id.Length;
        _idAt = _request.PlaceOf(id);
        RequestIdAt = _request.Bytes.Span.IndexOf(Encoding.UTF8.GetBytes(UniqueIds.Place));
    }
}
