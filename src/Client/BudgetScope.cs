namespace BudgetEngine.Client;

/// <summary>Who a model call is for. Flows with the asynchronous call, so that code between the entry and the model need not pass it on.</summary>
/// <param name="CostCenter">Who pays, such as <c>acme/engineering/search</c>; null: the default of whoever checks.</param>
/// <param name="User">1 to 128 characters; null: <c>anonymous</c>.</param>
/// <param name="Session">1 to 128 characters, stored with the usage record.</param>
public sealed record BudgetScope(string? CostCenter = null, string? User = null, string? Session = null)
{
    private static readonly AsyncLocal<BudgetScope?> Ambient = new();

    /// <summary>The scope of this asynchronous flow; null outside of any.</summary>
    public static BudgetScope? Current => Ambient.Value;

    /// <summary>Makes a scope current until the answer is disposed of. What it leaves null is taken from the scope around it.</summary>
    public static IDisposable Begin(BudgetScope scope)
    {
        var outer = Ambient.Value;
        Ambient.Value = new BudgetScope(scope.CostCenter ?? outer?.CostCenter, scope.User ?? outer?.User, scope.Session ?? outer?.Session);
        return new Restore(outer);
    }

    private sealed class Restore(BudgetScope? outer) : IDisposable
    {
        public void Dispose() => Ambient.Value = outer;
    }
}
