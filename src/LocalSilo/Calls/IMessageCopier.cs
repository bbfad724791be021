namespace BudgetEngine.LocalSilo.Calls;

/// <summary>Copies arguments and results, so that caller and grain share no object.</summary>
public interface IMessageCopier
{
    /// <summary>A copy of a value that was declared with this type.</summary>
    object? Copy(object? value, Type declaredType);
}
