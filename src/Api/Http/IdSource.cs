namespace BudgetEngine.Api.Http;

/// <summary>Makes ids that nobody else has: keys of reservations whose caller gave none, names of calls. A class of its own, so that a simulation can make them from its seed.</summary>
public class IdSource
{
    /// <summary>A new id that no other has.</summary>
    public virtual Guid Next() => Guid.NewGuid();
}
