namespace BudgetEngine.Cli;

/// <summary>A command cannot be done; each line names one fault.</summary>
internal sealed class CommandFault(IReadOnlyList<string> faults) : Exception(string.Join("; ", faults))
{
    public CommandFault(string fault)
        : this([fault])
    {
    }

    public IReadOnlyList<string> Faults { get; } = faults;
}
