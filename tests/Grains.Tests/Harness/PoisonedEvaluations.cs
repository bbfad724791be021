using System.Reflection;
using System.Runtime.ExceptionServices;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>Every transaction fails that would store an alert of one cost center.</summary>
public sealed class PoisonedEvaluations(ILedgerEvaluations evaluations, string costCenter, Func<Exception> fault) : ILedgerEvaluations
{
    /// <summary>Null: healed.</summary>
    public string? CostCenter { get; set; } = costCenter;

    public Task<T> RunAsync<T>(Func<IEvaluationTransaction, Task<T>> evaluate, CancellationToken cancellationToken) =>
        evaluations.RunAsync(t => evaluate(Transaction.Of(t, this)), cancellationToken);

    public Task<IReadOnlyList<string>> ReadDueChannelsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        evaluations.ReadDueChannelsAsync(now, limit, cancellationToken);

    public class Transaction : DispatchProxy
    {
        private IEvaluationTransaction _inner = null!;
        private PoisonedEvaluations _poison = null!;

        public static IEvaluationTransaction Of(IEvaluationTransaction inner, PoisonedEvaluations poison)
        {
            var proxy = Create<IEvaluationTransaction, Transaction>();
            var self = (Transaction)(object)proxy;
            (self._inner, self._poison) = (inner, poison);
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (args?[0] is IReadOnlyList<Alert> alerts && alerts.Any(a => a.CostCenter == _poison.CostCenter)) throw _poison.Fault();
            try
            {
                return targetMethod!.Invoke(_inner, args);
            }
            catch (TargetInvocationException e)
            {
                ExceptionDispatchInfo.Throw(e.InnerException!);
                throw;
            }
        }
    }

    private Exception Fault() => fault();
}
