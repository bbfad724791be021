using System.Text;

namespace BudgetEngine.Load;

/// <summary>The loads that the options ask for.</summary>
internal static class LoadCatalog
{
    public const string Echo = "echo";
    public const string Post = "post";
    public const string Update = "UPDATE per request";
    public const string Batch = "batch of 1,000";

    private static readonly byte[] Denied = Encoding.UTF8.GetBytes("\"decision\":\"deny\",\"reason\":\"budget_exceeded\"");

    /// <param name="answer">What echo answers; compared whole.</param>
    public static Load EchoOn(int connections, byte[] answer) =>
        Make(Echo, Leaves.Uniform, connections, ["echo"], 0, picker => new CheckScript(CostCenters.LoadTenant, picker, answer));

    public static IEnumerable<Load> OfEngine(LoadOptions options)
    {
        foreach (var leaves in Enum.GetValues<Leaves>())
        {
            if (options.Has("check"))
            {
                yield return Make("check + release", leaves, options.Connections, ["check", "release"], 0, picker => new ReleaseScript(CostCenters.LoadTenant, picker));
            }

            if (options.Has("deny"))
            {
                yield return Make("check, denied", leaves, options.Connections, ["check"], 0, picker => new CheckScript(CostCenters.SpentTenant, picker, Denied));
            }

            if (options.Has("settle"))
            {
                yield return Make("check + settle", leaves, options.Connections, ["check", "settle"], 1, picker => new SettleScript(CostCenters.LoadTenant, picker));
            }

            if (options.Has("post"))
            {
                foreach (var connections in PostConnections(options)) yield return MakePost(Post, leaves, connections);
            }

            if (options.Has("batch"))
            {
                yield return Make(
                    Batch, leaves, Sizes.BatchConnections, ["post"], Sizes.BatchRecords, picker => new BatchScript(CostCenters.LoadTenant, picker));
            }
        }
    }

    /// <summary>The same posts, for the server that updates a row for each.</summary>
    public static IEnumerable<Load> OfUpdates(LoadOptions options) =>
        from leaves in Enum.GetValues<Leaves>()
        from connections in PostConnections(options)
        select MakePost(Update, leaves, connections);

    private static IEnumerable<int> PostConnections(LoadOptions options) => new[] { options.Connections, Sizes.ManyConnections }.Distinct();

    private static Load MakePost(string name, Leaves leaves, int connections) =>
        Make(name, leaves, connections, ["post"], 1, picker => new PostScript(CostCenters.LoadTenant, picker));

    private static Load Make(string name, Leaves leaves, int connections, string[] steps, int records, Func<LeafPicker, IScript> script) =>
        new(name, leaves, connections, steps, records, connection => script(new LeafPicker(leaves, connection + 1)));
}
