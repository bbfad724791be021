using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Cluster.Silos;

/// <summary>A cluster that is set up wrongly does not start, and says everything that is wrong.</summary>
public sealed class SettingsTests
{
    [Fact]
    public async Task Start_WithSeveralFaults_NamesEachAndEnds()
    {
        using var store = Store.NewSqlite();

        var run = await EngineProcess.RunAsync(
        [
            .. store.Arguments, "--Cluster:Membership=zookeeper", "--Cluster:SiloPort=70000", "--Cluster:AdvertisedAddress=0.0.0.0", "--Cluster:ProbeTimeout=forever", "--Cluster:MissedProbes=0"
        ]);

        Assert.Equal(1, run.ExitCode);
        foreach (var key in (string[])["Cluster:Membership", "Cluster:SiloPort", "Cluster:AdvertisedAddress", "Cluster:ProbeTimeout", "Cluster:MissedProbes"]) Assert.Contains(key, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAnUnknownSetting_NamesItAndWhatThereIs()
    {
        using var store = Store.NewSqlite();

        var run = await EngineProcess.RunAsync([.. store.Arguments, "--Cluster:Silo=1"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Cluster:Silo is unknown; there are AdvertisedAddress, Dashboard, ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfAClusterOnSqlite_SaysThatItNeedsPostgres()
    {
        using var store = Store.NewSqlite();

        var run = await EngineProcess.RunAsync([.. store.Arguments, "--Cluster:Membership=postgres"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Ledger:Postgres", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithALedgerOnAnotherMachine_WantsAnAddressThatOthersReach()
    {
        var run = await EngineProcess.RunAsync(["--postgres", "Host=db.example;Username=me;Password=s3cret;Database=x", "--Cluster:Membership=postgres"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("POD_IP", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", run.ToString(), StringComparison.Ordinal);
    }
}
