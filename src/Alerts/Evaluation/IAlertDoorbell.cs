namespace BudgetEngine.Alerts.Evaluation;

/// <summary>Wakes the channel notifiers when alerts are stored. A signal that is lost delays delivery, and loses nothing.</summary>
public interface IAlertDoorbell
{
    Task RingAsync(string channel);
}
