namespace BudgetEngine.Silo.Warehouse;

/// <summary>The warehouse refused a statement.</summary>
internal sealed class WarehouseException(string message) : Exception(message);
