using BudgetEngine.Alerts;
using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Grains.Alerts;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Writer;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Simulation.Cluster;

/// <summary>What a process does about alerts, composed as the host does: evaluator, sweep, roll-ups, and what its notifiers share.</summary>
internal sealed class ProcessAlerts
{
    /// <summary>Every round is a dozen steps of the schedule, in every process, through all the time in which nothing happens.</summary>
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(2);

    private readonly World _world;
    private readonly EngineProcess _process;
    private readonly AlertSweep _sweep;
    private bool _stopped;

    public ProcessAlerts(World world, EngineProcess process, Catalog catalog, Network network, LedgerWriterOptions writer)
    {
        (_world, _process) = (world, process);
        var options = new AlertOptions { SpikeFloor = 0, SweepInterval = _every };
        Evaluator = new AlertEvaluator(process.Link, catalog, new Doorbell(network), options, writer, process.Os.Time, new FaultLog<AlertEvaluator>(world));
        _sweep = new AlertSweep(process.Link, Evaluator, world.Plan.Exclusive ? null : process.Notifier, options, process.Os.Time, new FaultLog<AlertSweep>(world));
        Notifiers = new NotifierServices(
            process.Link, process.Link, world.Receivers, Evaluator, options, process.Os.Time, () => world.Dice.Below(1_001), new FaultLog<NotifierGrain>(world));
    }

    public AlertEvaluator Evaluator { get; }

    public NotifierServices Notifiers { get; }

    /// <summary>In the process.</summary>
    public void Start()
    {
        Evaluator.Start();
        _ = LoopAsync();
    }

    public void Stop()
    {
        _stopped = true;
        Evaluator.Stop();
    }

    /// <summary>The loops of the sweep and of the housekeeping, without their cancellation, which would run on a thread outside of every schedule.</summary>
    private async Task LoopAsync()
    {
        while (!_stopped)
        {
            await Task.Delay(_every, _process.Os.Time);
            try
            {
                await _process.Link.RollUpAsync(50);
                await _sweep.RoundAsync(CancellationToken.None);
            }
            catch (Exception expected) when (expected is LedgerUnavailableException or LedgerContentionException)
            {
                // The next round takes it up.
            }
            catch (Exception failed)
            {
                _world.Broken ??= failed.ToString();
            }
        }
    }

    private sealed class Doorbell(Network network) : IAlertDoorbell
    {
        public Task RingAsync(string channel)
        {
            network.Ring(channel);
            return Task.CompletedTask;
        }
    }
}
