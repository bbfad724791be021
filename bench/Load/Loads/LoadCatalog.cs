using System.Text;

namespace BudgetEngine.Load.Loads;

/// <summary>What a connection does over and over.</summary>
internal enum LoadKind
{
    /// <summary>A check that is allowed, and the release of its hold.</summary>
    Release,

    /// <summary>A check that is allowed, and whose hold nobody ends.</summary>
    Lapse,

    /// <summary>A check that is denied.</summary>
    Deny,

    /// <summary>A check that is allowed, and durable usage that settles it.</summary>
    Settle,

    /// <summary>One durable usage record.</summary>
    Post,

    /// <summary>Many durable usage records in one body.</summary>
    Batch,
}

/// <summary>The loads that can be put on an engine or a rival; echo gets checks.</summary>
internal static class LoadCatalog
{
    public static readonly string BatchName = $"batch of {Sizes.BatchRecords:N0}";

    private static readonly byte[] Denied = Encoding.UTF8.GetBytes("\"decision\":\"deny\",\"reason\":\"budget_exceeded\"");

    /// <summary>What the answer to a check holds that is allowed.</summary>
    public static byte[] Allowed { get; } = Encoding.UTF8.GetBytes("\"decision\":\"allow\"");

    /// <param name="answer">What echo answers; compared whole.</param>
    public static LoadPlan EchoOn(int connections, byte[] answer) =>
        Make("echo", Leaves.Uniform, connections, ["echo"], 0, (tenant, picker) => new CheckScript(tenant, picker, answer));

    public static LoadPlan Of(LoadKind kind, Leaves leaves, int connections) => kind switch
    {
        LoadKind.Release => Make("check + release", leaves, connections, ["check", "release"], 0, (tenant, picker) => new ReleaseScript(tenant, picker)),
        LoadKind.Lapse => Make("fresh checks", leaves, connections, ["check"], 0, (tenant, picker) => new CheckScript(tenant, picker, Allowed, Bodies.ShortHold)),
        LoadKind.Deny => Make("check, denied", leaves, connections, ["check"], 0, (_, picker) => new CheckScript(CostCenters.SpentTenant, picker, Denied)),
        LoadKind.Settle => Make("check + settle", leaves, connections, ["check", "settle"], 1, (tenant, picker) => new SettleScript(tenant, picker)),
        LoadKind.Post => Make("post", leaves, connections, ["post"], 1, (tenant, picker) => new PostScript(tenant, picker)),
        _ => Make(BatchName, leaves, connections, ["post"], Sizes.BatchRecords, (tenant, picker) => new BatchScript(tenant, picker)),
    };

    private static LoadPlan Make(string name, Leaves leaves, int connections, string[] steps, int records, Func<string, LeafPicker, IScript> script) =>
        new(name, leaves, connections, steps, records, connection => script(CostCenters.TenantOf(leaves), new LeafPicker(leaves, connection + 1)));
}
