namespace BudgetEngine.Api;

/// <summary>Makes the keys of reservations where the caller gave no request id. A class of its own, so that a simulation can make them from its seed.</summary>
public class IdSource
{
    /// <summary>A new key that no other has.</summary>
    public virtual Guid Next() => Guid.NewGuid();
}
