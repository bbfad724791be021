using System.Collections.Concurrent;
using System.Text.Json;
using BudgetEngine.Client.Checks;
using BudgetEngine.Client.CostCenters;
using BudgetEngine.Client.Transport;
using BudgetEngine.Client.Usage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetEngine.Client;

/// <summary>
/// A client of the engine; one for the whole process. Reads and single records throw <see cref="BudgetEngineException"/> for what the engine refuses and
/// <see cref="EngineUnavailableException"/> while it is away; checks then answer by <see cref="BudgetClientOptions.OnOutage"/>.
/// </summary>
public sealed class BudgetClient : IAsyncDisposable
{
    private readonly BudgetClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly EngineConnection _engine;
    private readonly OutageAllowance _outage;
    private readonly UsageQueue _queue;
    private readonly ConcurrentDictionary<Task, bool> _unfinished = new();

    /// <param name="options">Where the engine is.</param>
    /// <param name="handler">What carries the requests; null: connections to the address. It is not disposed of.</param>
    /// <param name="clock">Null: the system's.</param>
    /// <param name="log">Where lost and refused records are told; null: nowhere.</param>
    /// <exception cref="ArgumentException">With every option that is out of range.</exception>
    public BudgetClient(BudgetClientOptions options, HttpMessageHandler? handler = null, TimeProvider? clock = null, ILogger<BudgetClient>? log = null)
    {
        options.Validate();
        _options = options;
        _clock = clock ?? TimeProvider.System;
        _engine = new EngineConnection(options, _clock, handler);
        _outage = new OutageAllowance(options);
        _queue = new UsageQueue(_engine, options, _clock, log ?? NullLogger<BudgetClient>.Instance);
    }

    /// <summary>Usage records that never reached the engine: given up at the end, or added to a full queue by a caller that could not wait.</summary>
    public long LostRecords => _queue.Lost;

    /// <summary>Usage records that wait to be sent.</summary>
    public long WaitingRecords => _queue.Waiting;

    internal TimeProvider Clock => _clock;

    internal TimeSpan HoldFor => _options.HoldFor;

    /// <summary>Asks whether a call may be made. A denial is an answer, not an exception. While the engine is away the outage policy answers.</summary>
    /// <exception cref="BudgetEngineException">The request or the key is wrong.</exception>
    public async Task<CheckAnswer> CheckAsync(CheckRequest request, CancellationToken cancellationToken = default)
    {
        // A repeat under the same id answers the same reservation, so that a lost answer does not hold the amount twice.
        var named = request with { RequestId = request.RequestId ?? NewId(), TtlSeconds = request.TtlSeconds ?? (int)_options.HoldFor.TotalSeconds };
        var question = new Question<CheckAnswer>(
            HttpMethod.Post, "/v1/check", JsonSerializer.SerializeToUtf8Bytes(named, EngineJson.Default.CheckRequest), EngineJson.Default.CheckAnswer, request.As);
        try
        {
            var answer = await _engine.AskAsync(question, cancellationToken);
            _outage.Reset();
            return answer;
        }
        catch (EngineUnavailableException)
        {
            return _outage.Decide(request);
        }
    }

    /// <summary>More time or a larger total amount for a reservation. Answers like a check; a refusal leaves it as it was.</summary>
    public Task<CheckAnswer> ExtendAsync(string reservationId, TimeSpan? ttl = null, decimal? amount = null, CancellationToken cancellationToken = default) =>
        ExtendAsync(reservationId, new ExtensionRequest(ttl is { } t ? (int)t.TotalSeconds : null, amount), null, cancellationToken);

    /// <summary>More time, by the key that the check was asked with.</summary>
    internal Task<CheckAnswer> ExtendAsync(string reservationId, TimeSpan ttl, EngineCredentials? credentials) =>
        ExtendAsync(reservationId, new ExtensionRequest((int)ttl.TotalSeconds, null), credentials, CancellationToken.None);

    /// <summary>Gives a reservation back, when the call was not made. Repeating it changes nothing.</summary>
    public Task<ReservationAnswer> ReleaseAsync(string reservationId, EngineCredentials? credentials = null, CancellationToken cancellationToken = default) =>
        _engine.AskAsync(new Question<ReservationAnswer>(HttpMethod.Delete, PathOf(reservationId), null, EngineJson.Default.ReservationAnswer, credentials), cancellationToken);

    /// <summary>A reservation as it is now.</summary>
    public Task<ReservationAnswer> GetReservationAsync(string reservationId, CancellationToken cancellationToken = default) =>
        _engine.AskAsync(new Question<ReservationAnswer>(HttpMethod.Get, PathOf(reservationId), null, EngineJson.Default.ReservationAnswer), cancellationToken);

    /// <summary>Records what a call used, and settles its reservation where one is named. When it answers, the record is durable.</summary>
    public Task<UsageAnswer> RecordAsync(UsageRecord record, CancellationToken cancellationToken = default)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes([record], EngineJson.Default.UsageRecordArray).AsSpan();
        // One object is answered with what is left, an array is not.
        return _engine.AskAsync(new Question<UsageAnswer>(HttpMethod.Post, "/v1/usage", body[1..^1].ToArray(), EngineJson.Default.UsageAnswer, record.As), cancellationToken);
    }

    /// <summary>Queues a record; it is sent with others, and again until its outcome is known. Waits while <see cref="BudgetClientOptions.MaxQueuedRecords"/> wait.</summary>
    public ValueTask EnqueueAsync(UsageRecord record, CancellationToken cancellationToken = default) => _queue.AddAsync(record, cancellationToken);

    /// <summary>Waits until all records that were queued before are recorded or refused, and all calls that were left in the middle have settled.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await Task.WhenAll(_unfinished.Keys).WaitAsync(cancellationToken);
        await _queue.FlushAsync(cancellationToken);
    }

    /// <summary>A cost center, live.</summary>
    public Task<CostCenterAnswer> GetCostCenterAsync(string costCenter, CancellationToken cancellationToken = default) =>
        ReadAsync($"/v1/cost-centers/{costCenter}", EngineJson.Default.CostCenterAnswer, cancellationToken);

    /// <summary>Cost centers at and below one; null: all that the key sees.</summary>
    public Task<CostCenterPage> ListCostCentersAsync(string? under = null, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        ReadAsync($"/v1/cost-centers?limit={limit}{Query("under", under)}{Query("cursor", cursor)}", EngineJson.Default.CostCenterPage, cancellationToken);

    /// <summary>Every limited window of a path, with what is left.</summary>
    public Task<LimitsAnswer> GetLimitsAsync(string costCenter, string? user = null, CancellationToken cancellationToken = default) =>
        ReadAsync($"/v1/limits?cost_center={Uri.EscapeDataString(costCenter)}{Query("user", user)}", EngineJson.Default.LimitsAnswer, cancellationToken);

    /// <summary>The key that is used, without its secret.</summary>
    public Task<KeyAnswer> GetKeyAsync(EngineCredentials? credentials = null, CancellationToken cancellationToken = default) =>
        _engine.AskAsync(new Question<KeyAnswer>(HttpMethod.Get, "/v1/keys/self", null, EngineJson.Default.KeyAnswer, credentials), cancellationToken);

    /// <summary>Sends what is queued, for at most <see cref="BudgetClientOptions.FlushTimeout"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_unfinished.Keys).WaitAsync(_options.FlushTimeout, _clock);
        }
        catch (TimeoutException)
        {
            // Those calls go on; what they settle after the queue is closed is counted as lost.
        }

        await _queue.DisposeAsync();
        _engine.Dispose();
    }

    internal static string NewId() => Guid.NewGuid().ToString("n");

    internal void EnqueueOrLose(UsageRecord record) => _queue.AddOrLose(record);

    /// <summary>Work that nobody waits for any more, and that a flush must.</summary>
    internal void Track(Task work)
    {
        _unfinished.TryAdd(work, true);
        _ = work.ContinueWith(done => _unfinished.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private Task<CheckAnswer> ExtendAsync(string reservationId, ExtensionRequest extension, EngineCredentials? credentials, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(extension, EngineJson.Default.ExtensionRequest);
        return _engine.AskAsync(new Question<CheckAnswer>(HttpMethod.Post, $"{PathOf(reservationId)}/extend", body, EngineJson.Default.CheckAnswer, credentials), cancellationToken);
    }

    private Task<T> ReadAsync<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        _engine.AskAsync(new Question<T>(HttpMethod.Get, path, null, answer), cancellationToken);

    private static string PathOf(string reservationId) => $"/v1/reservations/{Uri.EscapeDataString(reservationId)}";

    private static string Query(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
