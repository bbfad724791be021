namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>One piece of work of an activation; it links to the next, so that a queue costs an idle activation nothing.</summary>
internal abstract class Turn
{
    internal Turn? Next;
}

/// <summary>The continuation of an await, or a task that grain code started.</summary>
internal sealed class TaskTurn(Task task) : Turn
{
    internal Task Task { get; } = task;
}
