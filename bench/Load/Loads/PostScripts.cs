using System.Diagnostics;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Loads;

/// <summary>Single usage posts with ids of their own.</summary>
internal sealed class PostScript : IScript
{
    private readonly WireRequest _request;
    private readonly LeafPicker _leaves;
    private readonly int _leafAt;
    private readonly int _idAt;

    public PostScript(string tenant, LeafPicker leaves)
    {
        _request = WireRequest.Of("POST", "/v1/usage", Bodies.Usage($"{tenant}/{CostCenters.FirstLeaf}", UniqueIds.Place));
        _leafAt = _request.PlaceOf(CostCenters.FirstLeaf);
        _idAt = _request.PlaceOf(UniqueIds.Place);
        _leaves = leaves;
    }

    public async ValueTask<string?> RunAsync(Connection connection, Meter meter)
    {
        _leaves.Write(_request, _leafAt);
        _request.WriteHex(_idAt, UniqueIds.Next());
        var started = Stopwatch.GetTimestamp();
        var answer = await connection.ExchangeAsync(_request.Bytes);
        meter.Add(1, started);
        return answer.Has("\"result\":\"recorded\""u8) ? null : answer.Describe("a post");
    }
}

/// <summary>Posts of many records, as lines of JSON.</summary>
internal sealed class BatchScript : IScript
{
    private static readonly byte[] Expected = System.Text.Encoding.UTF8.GetBytes($"{{\"recorded\":{Sizes.BatchRecords},\"duplicates\":0,\"rejected\":0,");

    private readonly WireRequest _request;
    private readonly int[] _idsAt;

    public BatchScript(string tenant, LeafPicker leaves)
    {
        var first = $"{tenant}/{CostCenters.FirstLeaf}";
        _request = WireRequest.Of("POST", "/v1/usage", Bodies.UsageLines(Enumerable.Repeat(first, Sizes.BatchRecords)), WireRequest.NdJson);
        foreach (var at in _request.PlacesOf(CostCenters.FirstLeaf)) leaves.Write(_request, at);
        _idsAt = _request.PlacesOf(UniqueIds.Place);
    }

    public async ValueTask<string?> RunAsync(Connection connection, Meter meter)
    {
        foreach (var at in _idsAt) _request.WriteHex(at, UniqueIds.Next());
        var started = Stopwatch.GetTimestamp();
        var answer = await connection.ExchangeAsync(_request.Bytes);
        meter.Add(1, started);
        return answer.Has(Expected) ? null : answer.Describe("a batch");
    }
}
