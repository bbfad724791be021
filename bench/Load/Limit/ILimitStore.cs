using BudgetEngine.Load.Rivals;

namespace BudgetEngine.Load.Limit;

/// <summary>The engine's own tables, written by nothing but what a record needs there. All commits come from one thread.</summary>
internal interface ILimitStore : IDisposable
{
    /// <summary>Stores a batch in one durable transaction: a row for each record whose id is new, and what they come to in one balance of every node.</summary>
    /// <returns>For each record whether it was new.</returns>
    bool[] Commit(IReadOnlyList<LimitRecord> batch);

    /// <summary>Read from the tables, on a connection of its own.</summary>
    Totals Totals();
}
