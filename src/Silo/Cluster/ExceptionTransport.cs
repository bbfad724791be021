using Orleans.Serialization;

namespace BudgetEngine.Silo.Cluster;

/// <summary>
/// Lets exceptions of any type go from one process of the cluster to another as what they are. Orleans passes on those of its own and of the platform only, and
/// turns any other, or one that has such another inside, into a failure of its serializer: then an outage of the ledger would be answered as a bug.
/// </summary>
internal static class ExceptionTransport
{
    public static void PassExceptionsOn(this IServiceCollection services) => services.Configure<ExceptionSerializationOptions>(o => o.SupportedExceptionTypeFilter = static _ => true);
}
