using System.Reflection;

namespace BudgetEngine.LocalSilo.Calls;

/// <summary>Makes tasks of the type that a grain method returns.</summary>
internal abstract class ResultType
{
    internal static ResultType None { get; } = new VoidResult();

    internal static ResultType Of(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(Task)) return None;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(Task<>))
        {
            throw new NotSupportedException($"{method.DeclaringType}.{method.Name} returns {type.Name}: grain methods of LocalSilo return Task or Task<T>.");
        }

        return (ResultType)Activator.CreateInstance(typeof(Result<>).MakeGenericType(type.GetGenericArguments()))!;
    }

    internal abstract Reply NewReply(GrainCall call, TaskCreationOptions options);

    internal abstract Task Failed(Exception exception);

    /// <summary>The same outcome with a copy of the result.</summary>
    internal abstract Task Copy(Task outcome, IMessageCopier copier);

    private sealed class VoidResult : ResultType
    {
        internal override Reply NewReply(GrainCall call, TaskCreationOptions options) => new VoidReply(call, options);

        internal override Task Failed(Exception exception) => Task.FromException(exception);

        internal override Task Copy(Task outcome, IMessageCopier copier) => outcome;
    }

    private sealed class Result<T> : ResultType
    {
        internal override Reply NewReply(GrainCall call, TaskCreationOptions options) => new Reply<T>(call, options);

        internal override Task Failed(Exception exception) => Task.FromException<T>(exception);

        internal override Task Copy(Task outcome, IMessageCopier copier) =>
            outcome.IsCompletedSuccessfully ? CopyResult((Task<T>)outcome, copier) : outcome;

        // The outcome is complete, so this is too.
        private static async Task<T> CopyResult(Task<T> outcome, IMessageCopier copier) => (T)copier.Copy(await outcome, typeof(T))!;
    }
}
