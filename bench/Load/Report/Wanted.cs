namespace BudgetEngine.Load;

/// <summary>A promise of speed or size, and what was measured.</summary>
internal sealed record Wanted(string What, double Measured, double Bound, bool AtLeast = true)
{
    private const double CheckOfEcho = 0.6;
    private const double PostOfUpdate = 10;
    private const double BatchOfBareInsert = 0.3;
    private const double ResidentMegabytes = 500;
    private const double Megabyte = 1_000_000;

    public bool IsMet => AtLeast ? Measured >= Bound : Measured < Bound;

    public static IEnumerable<Wanted> Of(Results results)
    {
        var checks = from load in results.Loads where load.Name.StartsWith("check", StringComparison.Ordinal) && load.Records == 0 && load.OfEcho is not null
                     select new Wanted($"{load.Name}, {load.Leaves}, {load.Store}: requests/s of echo's".ToLowerInvariant(), load.OfEcho!.Value, CheckOfEcho);
        var posts = from update in results.Loads where update.Name == LoadCatalog.Update && update.Leaves == Leaves.Hot
                    from post in results.Loads where post.Name == LoadCatalog.Post && post.Store == update.Store && post.Leaves == update.Leaves && post.Connections == update.Connections
                    select new Wanted($"post, hot, {post.Store}, {post.Connections} connections: times one UPDATE per request", post.Median / update.Median, PostOfUpdate);
        var batches = from load in results.Loads where load.Name == LoadCatalog.Batch && load.Store == Workspace.Postgres && results.BareInserts.ContainsKey(load.Leaves)
                      let bare = LoadFigures.MedianOf(results.BareInserts[load.Leaves])
                      select new Wanted($"batches, {load.Leaves}, {load.Store}: rows/s of a bare unnest insert's".ToLowerInvariant(), load.RecordsPerSecond / bare, BatchOfBareInsert);
        var memory = from figures in results.Memory where figures.CostCenters >= Sizes.ResidentCostCenters
                     let bound = ResidentMegabytes * figures.CostCenters / Sizes.ResidentCostCenters
                     select new Wanted($"{figures.CostCenters:N0} cost centers, {figures.Store}: MB resident", figures.ResidentBytes / Megabyte, bound, AtLeast: false);
        return checks.Concat(posts).Concat(batches).Concat(memory);
    }
}
