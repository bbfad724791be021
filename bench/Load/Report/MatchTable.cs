using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Report;

/// <summary>The table of one match.</summary>
internal sealed class MatchTable(TextWriter to)
{
    public void Write(MatchFigures match)
    {
        to.WriteLine($"## {match.Name} connections");
        to.WriteLine();
        var echo = match.Echo;
        to.WriteLine(
            $"| contestant | load | leaves | per second (min-max) | requests/s |{(echo is null ? "" : " of echo (min-max) |")} p50 ms | p99 ms | p99.9 ms "
            + "| server us/request | cores: server, generator, others |");
        to.WriteLine($"|---|---|---|--:|--:|{(echo is null ? "" : "--:|")}--:|--:|--:|--:|--:|");
        foreach (var load in match.Loads) Write(load, echo);
        to.WriteLine();
    }

    private void Write(LoadFigures load, LoadFigures? echo)
    {
        var ofEcho = echo is null ? "" : load == echo ? " |" : $" {load.Over(echo).Text("0.00")} |";
        to.WriteLine(
            $"| {load.Contestant} | {load.Load.Name} | {Words.Of(load.Load.Leaves)} | {load.Rate.Text("N0")} | {load.RequestsPerSecond:N0} |{ofEcho} {Words.Of(load.Whole)} "
            + $"| {load.ServerMicrosPerRequest:0.0} | {load.Cores.Server:0.00}, {load.Cores.Generator:0.00}, {load.Cores.Others:0.00} |");
        if (load.Load.Steps.Length < 2) return;
        foreach (var (step, latencies) in load.Steps) to.WriteLine($"| | - its {step} | | | |{(echo is null ? "" : " |")} {Words.Of(latencies)} | | |");
    }
}
