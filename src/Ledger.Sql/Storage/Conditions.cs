namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>A where-clause that grows condition by condition, with its parameters. Without any it is true of every row.</summary>
internal sealed class Conditions
{
    private readonly List<string> _conditions = [];
    private readonly List<(string Name, object? Value)> _parameters = [];

    public string Sql => _conditions.Count == 0 ? "true" : string.Join(" and ", _conditions);

    public IReadOnlyList<(string Name, object? Value)> Parameters => _parameters;

    public void Add(string condition, params IEnumerable<(string Name, object? Value)> parameters)
    {
        _conditions.Add(condition);
        _parameters.AddRange(parameters);
    }

    /// <summary>A comparison such as <c>u.cost &gt;=</c> with what is asked for; null: nothing is.</summary>
    public void AddIfAsked(string comparison, string name, object? value)
    {
        if (value is not null) Add($"{comparison} @{name}", (name, value));
    }
}
