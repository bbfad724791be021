namespace BudgetEngine.Silo.Cluster;

/// <summary>How many silos this process is connected to, as its client of the cluster last said.</summary>
internal sealed class ClusterConnection
{
    private int _silos;

    public bool IsUp => Volatile.Read(ref _silos) > 0;

    public void Changed(int silos) => Volatile.Write(ref _silos, silos);
}
