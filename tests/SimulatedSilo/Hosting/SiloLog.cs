using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.SimulatedSilo.Calls;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.SimulatedSilo.Hosting;

internal sealed partial class SiloLog(ILogger logger)
{
    [LoggerMessage(1, LogLevel.Error, "Activation of {Grain} failed.")]
    internal partial void ActivationFailed(Exception exception, Activation grain);

    [LoggerMessage(2, LogLevel.Error, "Deactivation of {Grain} failed.")]
    internal partial void DeactivationFailed(Exception exception, Activation grain);

    [LoggerMessage(3, LogLevel.Warning, "A timer tick of {Grain} failed.")]
    internal partial void TickFailed(Exception exception, Activation grain);

    [LoggerMessage(4, LogLevel.Warning, "One-way {Call} failed.")]
    internal partial void OneWayFailed(Exception exception, GrainCall call);

    [LoggerMessage(5, LogLevel.Warning, "Nobody has resumed for stream {Stream} in {Grain}: an event is lost.")]
    internal partial void EventLost(StreamId stream, Activation grain);

    [LoggerMessage(6, LogLevel.Error, "An event of stream {Stream} was given up.")]
    internal partial void EventGivenUp(Exception exception, StreamId stream);

    [LoggerMessage(7, LogLevel.Information, "Silo stopped with {Left} activations left.")]
    internal partial void Stopped(int left);
}
