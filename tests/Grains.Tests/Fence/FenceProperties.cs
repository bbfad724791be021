using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace BudgetEngine.Grains.Tests.Fence;

/// <summary>
/// Several processes over one ledger, without silos: at no instant may two of them grant from memory of the same node. Answers of renewals and registrations are
/// lost or arrive much later, processes stop, start again under their names, and those that were thought dead come back.
/// </summary>
public sealed class FenceProperties(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Steps = 400;
    private static readonly string[] _nodes = ["acme", "acme/a"];

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"fence-{Guid.NewGuid():N}");
    private readonly ManualClock _clock = new(Engine.Start);
    private readonly LedgerWriterOptions _options = new() { LeaseInterval = TimeSpan.FromDays(7) };
    private readonly List<Process> _processes = [];
    private LedgerStore _store = null!;
    private int _starts;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.TakeLateAnswersAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Nodes_WhateverHappens_AreGrantedByOneProcessAtATime(int seed)
    {
        _store = LedgerStores.Create(new LedgerOptions { DataDirectory = _folder }, _clock);
        await _store.OpenAsync(migrate: true, LedgerUse.Shared, CancellationToken.None);
        var random = new Random(seed);
        for (var i = 0; i < 3; i++) await StartAsync();
        var granting = 0;
        for (var step = 0; step < Steps; step++)
        {
            var did = await StepAsync(random);
            foreach (var node in _nodes)
            {
                var granters = _processes.Where(p => p.Grants(node)).ToList();
                Assert.True(granters.Count <= 1, $"Seed {seed}, step {step}: after '{did}' {node} is granted by {string.Join(" and ", granters)}.");
                granting += granters.Count;
            }
        }

        output.WriteLine($"Seed {seed}: granting {granting} of {Steps * _nodes.Length}.");
        Assert.True(granting > Steps / 10, "The processes hardly ever granted: the run says nothing.");
    }

    private async Task<string> StepAsync(Random random)
    {
        var process = _processes[random.Next(_processes.Count)];
        var node = _nodes[random.Next(_nodes.Length)];
        switch (random.Next(100))
        {
            case < 30:
                var by = TimeSpan.FromMilliseconds(random.Next(1, 1_500));
                _clock.Advance(by);
                return $"{by} pass";
            case < 55:
                await process.RenewAsync((Answer)random.Next(3));
                return $"{process} renews";
            case < 75:
                await process.RegisterAsync(node, random.Next(4) == 0 ? Answer.Late : Answer.Given);
                return $"{process} registers {node}";
            case < 85:
                await process.GiveUpAsync(node);
                return $"{process} gives up {node}";
            case < 95:
                await process.TakeLateAnswersAsync();
                return $"late answers reach {process}";
            case < 97:
                if (_processes.Count == 1) await StartAsync();
                _processes.Remove(process);
                await process.StopAsync();
                return $"{process} stops";
            default:
                await StartAsync();
                return "a process starts";
        }
    }

    private async Task StartAsync()
    {
        var epoch = ++_starts;
        var process = new Process($"p{epoch % 2}#{epoch}", epoch, new FaultyStore(_store), _clock, _options);
        await process.RenewAsync(Answer.Given);
        // What stays in the list longer is a zombie: it goes on as if nothing had happened.
        if (_processes.Count == 4)
        {
            await _processes[0].TakeLateAnswersAsync();
            _processes.RemoveAt(0);
        }

        _processes.Add(process);
    }

    private enum Answer
    {
        Given,
        Lost,
        Late,
    }

    private sealed class Process
    {
        private readonly string _name;
        private readonly FaultyStore _store;
        private readonly LedgerHealth _health;
        private readonly NodeRegistrar _registrar;
        private readonly LeaseKeeper _keeper;
        private readonly Dictionary<string, NodeTenure> _tenures = [];
        private readonly List<(Gate Gate, Func<Task> Take)> _late = [];
        private readonly long _epoch;
        private Task _renewal = Task.CompletedTask;
        private Task _registration = Task.CompletedTask;
        private bool _started;

        public Process(string name, long epoch, FaultyStore store, ManualClock clock, LedgerWriterOptions options)
        {
            (_name, _epoch, _store) = (name, epoch, store);
            var fence = new NodeFence();
            _health = new LedgerHealth(clock, options);
            _registrar = new NodeRegistrar(store, clock, () => name, fence);
            _keeper = new LeaseKeeper(store, _health, fence, options, clock, NullLogger<LeaseKeeper>.Instance);
        }

        public override string ToString() => _name;

        public bool Grants(string node) => _tenures.TryGetValue(node, out var tenure) && _health.LetsGrant(tenure);

        public async Task RenewAsync(Answer answer)
        {
            // One at a time, as its loop does.
            if (!_renewal.IsCompleted) return;
            var gate = new Gate();
            _store.AfterRenewal = answer switch
            {
                Answer.Lost => () => throw new LedgerUnavailableException("The answer is lost."),
                Answer.Late => gate.PassAsync,
                _ => null,
            };
            _renewal = _started ? _keeper.RenewAsync() : _keeper.StartAsync(_name, _epoch);
            _started = true;
            if (answer == Answer.Late) await LateAsync(gate, () => _renewal);
            else await _renewal.Within("the renewal");
        }

        public async Task RegisterAsync(string node, Answer answer)
        {
            // The registrar asks one question at a time.
            if (!_registration.IsCompleted) return;
            var gate = new Gate();
            _store.AfterRead = answer == Answer.Late ? _ => gate.PassAsync() : null;
            var read = _registrar.RegisterAsync(node);
            _registration = TakeAsync();
            if (answer == Answer.Late) await LateAsync(gate, () => _registration);
            else await _registration.Within("the registration");

            // As the activation does: from here on it may grant.
            async Task TakeAsync() => _tenures[node] = (await read).Tenure;
        }

        public async Task GiveUpAsync(string node)
        {
            if (!_tenures.Remove(node, out var tenure) || !_registrar.End(node, tenure)) return;
            await _registrar.GiveUpAsync(node, tenure).Within("the give-up");
        }

        public async Task TakeLateAnswersAsync()
        {
            _store.Heal();
            foreach (var (gate, take) in _late)
            {
                gate.Open();
                await take().Within("a late answer");
            }

            _late.Clear();
        }

        public async Task StopAsync()
        {
            await TakeLateAnswersAsync();
            await _keeper.StopAsync().Within("the lease ends");
        }

        private async Task LateAsync(Gate gate, Func<Task> take)
        {
            await gate.Entered.Within("the answer is under way");
            _late.Add((gate, take));
        }
    }
}
