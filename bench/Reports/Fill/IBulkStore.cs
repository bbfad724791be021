namespace BudgetEngine.Reports.Fill;

/// <summary>A store that has the ledger's schema and is filled past the engine.</summary>
internal interface IBulkStore : IDisposable
{
    /// <summary>Drops the secondary indexes of the large tables; what comes then needs not keep them.</summary>
    void Begin();

    IBulkTable Into(string table, params string[] columns);

    /// <summary>Makes the indexes again, puts the cursors of roll-ups behind the last row, and gathers statistics.</summary>
    void End();
}
