namespace BudgetEngine.Api;

/// <summary>Makes ids where the caller gave none. A class of its own, so that a simulation can make them from its seed.</summary>
public class IdSource
{
    /// <summary>A new id that no other has.</summary>
    public virtual string Next() => Guid.NewGuid().ToString("N");
}
