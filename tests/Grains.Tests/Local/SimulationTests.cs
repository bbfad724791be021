using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger;
using BudgetEngine.LocalSilo.Hosting;
using BudgetEngine.LocalSilo.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetEngine.Grains.Tests.Local;

/// <summary>The real grains and the real writer under seeded schedules and virtual time.</summary>
public sealed class SimulationTests
{
    private const ulong Seeds = 200;

    [Fact]
    public void Run_WithTheSameSeed_IsTheSameRun()
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            var (first, second) = (new Run(seed, faults: true), new Run(seed, faults: true));
            Assert.Equal(first.Log, second.Log);
            Assert.Equal(first.TraceHash, second.TraceHash);
        }
    }

    [Fact]
    public void Run_WithAnySeed_KeepsTheInvariants()
    {
        for (ulong seed = 0; seed < Seeds; seed++) _ = new Run(seed, faults: false);
    }

    [Fact]
    public void Run_WithALedgerThatFails_KeepsTheInvariants()
    {
        for (ulong seed = 0; seed < Seeds; seed++) _ = new Run(seed, faults: true);
    }

    /// <summary>Callers that reserve, settle, release, extend or forget over a tree of three levels.</summary>
    private sealed class Run
    {
        private const int Callers = 12;
        private const int Commands = 6;
        private static readonly TimeSpan _ttl = TimeSpan.FromSeconds(20);
        private static readonly string[] _leaves = ["acme/a/x", "acme/a/y", "acme/b/x", "acme/b/y"];
        private static readonly string[] _nodes = [.. _leaves, "acme/a", "acme/b", "acme"];

        private readonly SimulationScheduler _simulation;
        private readonly MemoryLedger _ledger;
        private readonly InProcessSilo _silo;
        private readonly LedgerWriter _writer;
        private readonly List<string> _log = [];
        private int _ids;
        private int _batches;

        public Run(ulong seed, bool faults)
        {
            _simulation = new SimulationScheduler(seed, Engine.Start);
            _ledger = new MemoryLedger(new Dictionary<string, Budget>
            {
                ["acme"] = Budgets.Daily(100), ["acme/a"] = Budgets.Daily(60), ["acme/b"] = Budgets.Daily(70, durable: seed % 3 == 0), ["acme/a/x"] = Budgets.Daily(40),
            });
            if (faults) _ledger.Fault = FaultAsync;
            // Short, so that callers give up on commits that come later, and nodes leave memory between commands.
            var options = new LedgerWriterOptions { OutageGrace = TimeSpan.FromDays(1), PostDeadline = TimeSpan.FromSeconds(2) };
            var silo = new LocalSiloOptions { IdleAge = TimeSpan.FromSeconds(2), CollectionInterval = TimeSpan.FromSeconds(1) };
            var clock = _simulation.Time;
            var catalog = new Catalog(_ledger);
            var health = new LedgerHealth(clock, options);
            var teller = new LateTeller();
            var tells = new Ledger.NodeTells(teller, options, clock, NullLogger<Ledger.NodeTells>.Instance);
            _writer = new LedgerWriter(_ledger, tells, health, options, clock, () => new Guid(++_batches, 0, 0, new byte[8]), NullLogger<LedgerWriter>.Instance);
            var services = new ServiceCollection();
            services.AddSingleton(_ => new CostCenterServices(
                catalog, _writer, new NodeRegistrar(_ledger, clock, null, new NodeFence(), Scheduler!), health, options, new StampSource(1), new DegradedAllowances(), clock));
            _silo = new InProcessSilo(services.BuildServiceProvider(), silo.AddGrains(typeof(CostCenterGrain).Assembly), _simulation);
            teller.Target = new GrainTeller(_silo);
            health.Renewed(clock.GetTimestamp());
            _simulation.Run(async () =>
            {
                Scheduler = TaskScheduler.Current;
                await catalog.RefreshAsync(CancellationToken.None);
                _writer.Start();
                await Task.WhenAll(Enumerable.Range(0, Callers).Select(CallAsync));
                await CheckEndAsync();
                await _silo.StopAsync();
                await _writer.StopAsync();
            });
        }

        public string Log => string.Join('\n', _log);

        public ulong TraceHash => _simulation.TraceHash;

        private TaskScheduler? Scheduler { get; set; }

        private async Task CallAsync(int caller)
        {
            for (var i = 0; i < Commands; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(_simulation.Next(3_000)), _simulation.Time);
                var path = _leaves[_simulation.Next(_leaves.Length)];
                var amount = 1 + _simulation.Next(30);
                var request = Check(path, amount, _simulation.Next(3) == 0 ? 1 : null);
                var reply = await _silo.GetGrain<ICostCenterGrain>(path).Reserve(request, CancellationToken.None);
                _log.Add($"{caller} reserve {path} {amount}: {reply.Reason} {reply.Granted}");
                await CheckAdmissionAsync();
                if (reply.Reason == Denial.None) await UseAsync(caller, path, request.Key, reply);
            }
        }

        private async Task UseAsync(int caller, string path, Guid key, ReserveReply reply)
        {
            var grain = _silo.GetGrain<ICostCenterGrain>(path);
            var id = new SettleMessage(key, reply.Attempt, path);
            await Task.Delay(TimeSpan.FromMilliseconds(_simulation.Next(8_000)), _simulation.Time);
            switch (_simulation.Next(6))
            {
                case 0:
                    var released = await grain.Release(new ReleaseRequest(key, reply.Attempt), CancellationToken.None);
                    _log.Add($"{caller} release: {released}");
                    break;
                case 1:
                    // Forgotten by its caller: it expires.
                    break;
                case 2:
                    var extended = await grain.Extend(new ExtendRequest(key, reply.Attempt, _ttl, reply.Granted + 5, 0, TimeSpan.FromSeconds(2)), CancellationToken.None);
                    _log.Add($"{caller} extend: {extended.Reason} {extended.Granted}");
                    await SettleAsync(caller, id, reply.Date, _simulation.Next((int)extended.Granted + 1), final: true);
                    break;
                case 3:
                    var first = _simulation.Next((int)reply.Granted + 1);
                    await SettleAsync(caller, id, reply.Date, first, final: false);
                    await SettleAsync(caller, id, reply.Date, _simulation.Next((int)reply.Granted - first + 1), final: true);
                    break;
                default:
                    await SettleAsync(caller, id, reply.Date, _simulation.Next((int)reply.Granted + 1), final: true);
                    break;
            }
        }

        private async Task SettleAsync(int caller, SettleMessage id, DateOnly date, long cost, bool final)
        {
            var record = new UsageMessage(
                $"r{++_ids}", id.Owner, 0, "u", null, null, null, null, null, null, null, null, null, null, cost, 0, final, null, _simulation.Time.GetUtcNow(), date, null, null,
                null, null, null, null, null, null, null, 0, Guid.Empty, id);
            // Repeated under its id until its outcome is known, as a caller should.
            while (true)
            {
                var result = (await _silo.GetGrain<ICostCenterGrain>(id.Owner).Post(new PostRequest([record], false), CancellationToken.None)).Results[0];
                _log.Add($"{caller} settle {cost}: {result}");
                if (result.Outcome != PostOutcome.Unavailable) return;
            }
        }

        private async Task FaultAsync(bool done)
        {
            var kind = _simulation.Next(20);
            if (kind == 0) throw new LedgerUnavailableException($"The simulation breaks the commit, done: {done}.");
            if (kind < 3) await Task.Delay(TimeSpan.FromMilliseconds(_simulation.Next(3_000)), _simulation.Time);
        }

        /// <summary>Invariant 1, as every node knows it: nothing is settled above its grant here, so it holds at every moment.</summary>
        private async Task CheckAdmissionAsync()
        {
            foreach (var node in _nodes)
            {
                var view = await _silo.GetGrain<ICostCenterGrain>(node).View(new ViewRequest(0), CancellationToken.None);
                foreach (var window in view.Windows) Assert.True(window.Spent + window.Held <= window.Limit, $"seed {_simulation.Seed}: {window}\n{Log}");
                Assert.Null(view.Broken);
            }
        }

        /// <summary>Invariants 2 and 4: nothing is held when all has ended, and every node knows exactly what the ledger has.</summary>
        private async Task CheckEndAsync()
        {
            await Task.Delay(TimeSpan.FromMinutes(2), _simulation.Time);
            foreach (var node in _nodes)
            {
                var view = await _silo.GetGrain<ICostCenterGrain>(node).View(new ViewRequest(10), CancellationToken.None);
                var spent = _ledger.Rows.Where(r => CostCenterId.IsWithin(r.CostCenter, node)).Sum(r => r.Cost.Nanos);
                Assert.True((view.OpenAmount, view.Open, view.SpentToday) == (0, 0, spent), $"seed {_simulation.Seed}: {node} holds {view.OpenAmount}, has spent {view.SpentToday} of {spent}\n{Log}");
            }

            Assert.True(_ledger.HoldCount == 0, $"seed {_simulation.Seed}: a hold is still stored\n{Log}");
        }

        private ReserveRequest Check(string path, long amount, long? least) => new(
            ReservationId.KeyOf(path, $"q{++_ids}"), null, Guid.Empty, "u", null, amount, least, false, false, _ttl, false, false, 0, false, null, null, TimeSpan.FromSeconds(2));
    }
}
