namespace BudgetEngine.Alerts.Evaluation;

/// <summary>Says to the notifiers of channels that there is something to tell. A ring that is lost delays what the ledger has stored, and loses nothing.</summary>
public interface IAlertDoorbell
{
    Task RingAsync(string channel);
}
