using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Operations;

/// <summary>Set by the host: ready only once the path of a check and of a post has been warmed up.</summary>
public sealed class Readiness
{
    private readonly Lock _changing = new();
    private volatile ReadinessState _state = ReadinessState.Starting;

    public static readonly WordTable<ReadinessState> States = new(
        (ReadinessState.Starting, "starting"), (ReadinessState.Ready, "ready"), (ReadinessState.Degraded, "degraded"), (ReadinessState.Disconnected, "disconnected"),
        (ReadinessState.Stopping, "stopping"));

    public ReadinessState State => _state;

    /// <summary>Everything has been warmed up. Not once stopping.</summary>
    public void SetReady() => SetServing(ReadinessState.Ready);

    /// <summary>The ledger is out of reach, or (false) back.</summary>
    public void SetDegraded(bool degraded) => SetServing(degraded ? ReadinessState.Degraded : ReadinessState.Ready);

    /// <summary>No silo is in reach. <see cref="SetReady"/>: one is.</summary>
    public void SetDisconnected() => SetServing(ReadinessState.Disconnected);

    public void SetStopping()
    {
        lock (_changing) _state = ReadinessState.Stopping;
    }

    private void SetServing(ReadinessState state)
    {
        lock (_changing)
        {
            if (_state != ReadinessState.Stopping) _state = state;
        }
    }
}
