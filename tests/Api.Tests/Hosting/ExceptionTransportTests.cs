using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Ledger;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace BudgetEngine.Api.Tests.Hosting;

/// <summary>Exceptions on Orleans' wire, as the silo is configured: each arrives as what it was, whatever caused it. <c>tests/Cluster</c> shows it between two silos.</summary>
[Collection(nameof(OpenHost))]
public sealed class ExceptionTransportTests(OpenHost host)
{
    public static TheoryData<Exception> Exceptions => new(
        new LedgerUnavailableException("The ledger is away."), new LedgerUnavailableException("The ledger is away.", new SqliteException("disk I/O error", 10)),
        new LedgerContentionException("Again."), new LedgerDataException("Never.", new OverflowException("Too much.")));

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void Exception_OfOurs_ArrivesAsItself(Exception sent)
    {
        var serializer = host.Api.Services.GetRequiredService<Serializer>();

        var arrived = serializer.Deserialize<Exception>(serializer.SerializeToArray(sent));

        Assert.Equal((sent.GetType(), sent.Message), (arrived!.GetType(), arrived.Message));
        Assert.Equal(sent.InnerException?.GetType(), arrived.InnerException?.GetType());
        Assert.Equal(sent.InnerException?.Message, arrived.InnerException?.Message);
    }
}
