using BudgetEngine.Load.Loads;
using static BudgetEngine.Load.Loads.Leaves;
using static BudgetEngine.Load.Matches.Contestants;

namespace BudgetEngine.Load.Matches;

/// <summary>One contestant under one load.</summary>
/// <param name="Kind">Null: checks on echo, or the bare insert.</param>
internal sealed record Slot(string Contestant, LoadKind? Kind, Leaves Leaves, int Connections);

/// <summary>Slots that take turns, round by round, so that what is compared was measured within the same minute.</summary>
/// <param name="Part">The word of <c>--only</c>.</param>
internal sealed record Match(string Part, string Name, Slot[] Slots);

/// <summary>All matches. Who is compared stands side by side.</summary>
internal sealed class MatchCatalog(LoadOptions options)
{
    public const string Check = "check";
    public const string Deny = "deny";
    public const string Settle = "settle";
    public const string Post = "post";
    public const string Batch = "batch";

    private int Many => options.Connections;

    public static string NameOf(string part, int connections) => $"{part} at {connections}";

    public IEnumerable<Match> All()
    {
        yield return Of("echo", Many, [Slot(Echo, null, Uniform)]);
        yield return Of(Check, Many,
        [
            Slot(Echo, null, Uniform), .. Each(LoadKind.Release, Uniform, Sqlite, Postgres), Slot(Sqlite, LoadKind.Release, HotParent),
            .. Each(LoadKind.Release, Hot, Sqlite, Postgres), Slot(Sqlite, LoadKind.Release, Zipf),
            .. Each(LoadKind.Release, Uniform, RedisAlways, RedisNone, Update, LazyUpdate), .. Each(LoadKind.Release, Hot, RedisNone, Update),
        ]);
        yield return Of(Deny, Many, [Slot(Echo, null, Uniform), .. Each(LoadKind.Deny, Uniform, Sqlite, RedisNone, Update), Slot(Sqlite, LoadKind.Deny, Hot)]);
        yield return Of(Settle, Many,
        [
            .. Each(LoadKind.Settle, Uniform, SqliteLimit, Sqlite, RedisAlways, Postgres, PostgresLimit, Update, RedisNone, LazyUpdate),
            .. Each(LoadKind.Settle, Hot, SqliteLimit, Sqlite, Update, PostgresLimit, Postgres, LazyUpdate, RedisAlways), .. Each(LoadKind.Settle, Zipf, Sqlite, Postgres, RedisAlways, Update),
            .. Each(LoadKind.Settle, HotParent, Sqlite, Postgres, RedisAlways),
        ]);
        foreach (var connections in new[] { Many, Sizes.ManyConnections }.Distinct())
        {
            yield return Of(Post, connections,
            [
                .. Each(LoadKind.Post, Uniform, connections, SqliteLimit, Sqlite, PostgresLimit, Postgres, RedisAlways, Update), .. Each(LoadKind.Post, Hot, connections, Sqlite, Postgres, Update),
            ]);
        }

        yield return Of(Batch, Sizes.BatchConnections,
        [
            Slot(Sqlite, LoadKind.Batch, Uniform, Sizes.BatchConnections), Slot(Postgres, LoadKind.Batch, Uniform, Sizes.BatchConnections), Slot(BareInsert, null, Uniform, 1),
            Slot(Sqlite, LoadKind.Batch, Hot, Sizes.BatchConnections), Slot(Postgres, LoadKind.Batch, Hot, Sizes.BatchConnections), Slot(BareInsert, null, Hot, 1),
        ]);
        foreach (var connections in Sizes.OtherConnections.Where(c => c != Many))
        {
            yield return Of(Check, connections,
                [Slot(Echo, null, Uniform, connections), .. Each(LoadKind.Release, Uniform, connections, Sqlite, RedisNone, Update)]);
            yield return Of(Settle, connections, [.. Each(LoadKind.Settle, Uniform, connections, SqliteLimit, Sqlite, PostgresLimit, Postgres, RedisAlways, RedisNone, Update)]);
        }
    }

    private Match Of(string part, int connections, Slot[] slots) =>
        new(part, NameOf(part, connections), [.. slots.SelectMany(WithOthers).Where(s => WhyNot(s.Contestant, options) is null)]);

    /// <summary>Right after this build of the engine, every other one under the same load.</summary>
    private IEnumerable<Slot> WithOthers(Slot slot)
    {
        var engine = Array.IndexOf(Engines, slot.Contestant);
        return engine < 0 ? [slot] : [slot, .. options.Others.Select(o => slot with { Contestant = Contestants.Of(o)[engine] })];
    }

    private Slot Slot(string contestant, LoadKind? kind, Leaves leaves) => new(contestant, kind, leaves, Many);

    private static Slot Slot(string contestant, LoadKind? kind, Leaves leaves, int connections) => new(contestant, kind, leaves, connections);

    private IEnumerable<Slot> Each(LoadKind kind, Leaves leaves, params string[] contestants) => Each(kind, leaves, Many, contestants);

    private static IEnumerable<Slot> Each(LoadKind kind, Leaves leaves, int connections, params string[] contestants) =>
        contestants.Select(c => new Slot(c, kind, leaves, connections));
}
