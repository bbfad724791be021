using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Denials;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Denials;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Tests.Denials;

[Collection(nameof(KeyedHost))]
public class DenialWriterTests(KeyedHost host)
{
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero));
    private readonly FakeDenials _store = new();

    [Fact]
    public async Task Denials_BeyondTheQueue_AreCounted_AndNobodyWaits()
    {
        var options = new DenialOptions { MaxPending = 3 };
        var log = LogOf(options);
        await PutAsync("denw-a");

        for (var i = 0; i < 5; i++) Offer(log, "denw-a", $"r{i}");
        await WriteAllAsync(log, options);

        Assert.Equal((3L, 0L, 2L), (log.Kept, log.Omitted, log.Dropped));
        Assert.Equal(["r0", "r1", "r2"], _store.Denials.Select(d => d.RequestId));
        Assert.Equal((2L, "denw-a"), (_store.Omitted.Values.Single().Count, _store.Omitted.Values.Single().CostCenter));
    }

    [Fact]
    public async Task Denials_OfTenantsThatDoNotExist_ShareOneBound()
    {
        var options = new DenialOptions { MaxPerMinute = 2 };
        var log = LogOf(options);

        for (var i = 0; i < 5; i++) Offer(log, $"made-up-{i}/x", $"r{i}");
        await WriteAllAsync(log, options);

        Assert.Equal((2L, 3L), (log.Kept, log.Omitted));
        Assert.Equal((3L, ""), (_store.Omitted.Values.Single().Count, _store.Omitted.Values.Single().CostCenter));
    }

    [Fact]
    public async Task ANewMinute_BeginsAnew()
    {
        var log = LogOf(new DenialOptions { MaxPerMinute = 1 });
        await PutAsync("denw-b");

        for (var i = 0; i < 4; i++)
        {
            Offer(log, "denw-b", $"r{i}");
            _clock.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal((2L, 2L), (log.Kept, log.Omitted));
    }

    [Fact]
    public async Task AfterAnOutage_WhatWaitedIsWritten()
    {
        var options = new DenialOptions();
        var log = LogOf(options);
        Offer(log, "denw-c", "r0");
        _store.Outage = true;
        using var writer = new DenialWriter(log, _store, _clock, Options.Create(options), NullLogger<DenialWriter>.Instance);
        await writer.StartAsync(CancellationToken.None);
        await TickAsync(() => _store.Asked > 0);
        Assert.Empty(_store.Denials);

        _store.Outage = false;
        await TickAsync(() => _store.Denials.Count > 0);
        await writer.StopAsync(CancellationToken.None);

        Assert.Equal("r0", Assert.Single(_store.Denials).RequestId);
    }

    [Fact]
    public async Task ADenial_ThatCannotBeStored_TakesNoOtherWithIt()
    {
        var options = new DenialOptions();
        var log = LogOf(options);
        _store.Refuses = "r4";

        for (var i = 0; i < 9; i++) Offer(log, "denw-d", $"r{i}");
        await WriteAllAsync(log, options);

        Assert.Equal(["r0", "r1", "r2", "r3", "r5", "r6", "r7", "r8"], _store.Denials.Select(d => d.RequestId).Order());
        Assert.Equal((1L, 1L), (log.Dropped, _store.Omitted.Values.Single().Count));
    }

    [Fact]
    public async Task AStop_WritesWhatWaits()
    {
        var options = new DenialOptions { MaxBatch = 10 };
        var log = LogOf(options);
        using var writer = new DenialWriter(log, _store, _clock, Options.Create(options), NullLogger<DenialWriter>.Instance);
        await writer.StartAsync(CancellationToken.None);
        Offer(log, "denw-e", "first");
        await TickAsync(() => _store.Asked > 0);
        for (var i = 0; i < 35; i++) Offer(log, "denw-e", $"r{i}");

        await writer.StopAsync(CancellationToken.None);

        Assert.Equal(36, _store.Denials.Count);
    }

    private DenialLog LogOf(DenialOptions options) => new(host.Api.Services.GetRequiredService<Catalog>(), _clock, new IdSource(), Options.Create(options));

    private static void Offer(DenialLog log, string path, string requestId)
    {
        var answer = new CheckAnswer("budget_exceeded", null, new Money(1), Money.Zero, null, false, false, null, null, null, null, []);
        log.Offer(new CheckCommand { CostCenter = CostCenterId.Trusted(path), AnswerWithin = TimeSpan.FromSeconds(1), RequestId = requestId }, answer);
    }

    private async Task WriteAllAsync(DenialLog log, DenialOptions options)
    {
        using var writer = new DenialWriter(log, _store, _clock, Options.Create(options), NullLogger<DenialWriter>.Instance);
        await writer.StartAsync(CancellationToken.None);
        await TickAsync(() => log.Pending == 0 && _store.Asked > 0);
        await writer.StopAsync(CancellationToken.None);
    }

    private Task TickAsync(Func<bool> until) => Eventually.HoldsAsync("the writer has written", () =>
    {
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        return Task.FromResult(until());
    });

    private async Task PutAsync(string path) =>
        Assert.True((int)(await host.Api.SendAsync("PUT", $"/v1/budgets/{path}", """{"daily":0}""", KeyedHost.Admin)).Status is 200 or 201);

    private sealed class FakeDenials : ILedgerDenials
    {
        public List<Denial> Denials { get; } = [];

        public Dictionary<(DateTimeOffset, string, string), OmittedDenials> Omitted { get; } = [];

        public bool Outage { get; set; }

        public string? Refuses { get; set; }

        public int Asked { get; private set; }

        public Task AddAsync(IReadOnlyList<Denial> denials, IReadOnlyList<OmittedDenials> omitted, CancellationToken cancellationToken)
        {
            Asked++;
            if (Outage) throw new LedgerUnavailableException("out of reach");
            if (denials.Any(d => d.RequestId == Refuses)) throw new LedgerDataException("not storable");
            Denials.AddRange(denials);
            foreach (var count in omitted) Omitted[(count.Minute, count.CostCenter, count.Reason)] = count;
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<Denial>> ReadDenialsAsync(DenialFilter filter, DenialPosition? after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<OmittedSum>> SumOmittedAsync(DenialFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
