namespace BudgetEngine.Cli.Setup;

/// <summary>What becomes of an entry.</summary>
internal enum SetupAction
{
    Add,
    Change,

    /// <summary>The file does not have it; deleted only when asked.</summary>
    Remove,
}

/// <summary>One entry of the set-up that is not as the file has it.</summary>
/// <param name="Kind">As the file's section is called.</param>
/// <param name="Warnings">What the engine says of the change.</param>
/// <param name="DoAsync">Makes it so; the engine refuses what it would refuse from anybody.</param>
internal sealed record SetupChange(
    string Kind, string Name, SetupAction Action, IReadOnlyList<Difference> Members, IReadOnlyList<string> Warnings, Func<Task> DoAsync)
{
    /// <summary>A key that is to be made, whose secret somebody must keep.</summary>
    public bool MakesKey => Kind == SetupFile.KeysName && Action == SetupAction.Add;
}
