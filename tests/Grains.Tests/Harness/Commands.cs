using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>A granted check: what its reservation id would say.</summary>
public sealed record Held(string Below, string Owner, Guid Key, ReserveReply Reply)
{
    public SettleMessage Id => new(Key, Reply.Attempt, Owner);
}

/// <summary>What the API would send to the grains. Amounts are nano-units.</summary>
public static class Commands
{
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(60);
    private static int _ids;

    public static string NewId() => $"req-{Interlocked.Increment(ref _ids)}";

    public static AdminContext Admin(this Engine engine) => new(engine.Clock.Now, "test", null);

    public static ReserveRequest Check(this Engine engine, string below, long amount, string? requestId = null, string user = "u", TimeSpan? ttl = null)
    {
        var id = requestId ?? NewId();
        return new ReserveRequest(
            ReservationId.KeyOf(engine.PathOf(below), id), requestId, Content(below, user, amount), user, "gpt-x", amount, null, false, false, ttl ?? Ttl, false, false, 0, false, null, null,
            TimeSpan.FromSeconds(2));
    }

    public static Task<ReserveReply> AskAsync(this Engine engine, string below, ReserveRequest request) =>
        engine.Node(below).Reserve(request).Within($"the decision of {below}");

    public static Task<ReserveReply> AskAsync(this Engine engine, string below, long amount) => engine.AskAsync(below, engine.Check(below, amount));

    public static async Task<Held> HoldAsync(this Engine engine, string below, ReserveRequest request)
    {
        var reply = await engine.AskAsync(below, request);
        Assert.Equal(DenialReason.None, reply.Reason);
        Assert.NotEqual(0, reply.Attempt);
        return new Held(below, engine.PathOf(below), request.Key, reply);
    }

    public static Task<Held> HoldAsync(this Engine engine, string below, long amount, string? requestId = null, string user = "u", TimeSpan? ttl = null) =>
        engine.HoldAsync(below, engine.Check(below, amount, requestId, user, ttl));

    /// <summary>What an owner asks of an ancestor, as the first ask of an attempt.</summary>
    public static Task<HoldReply> HoldAtAsync(this Engine engine, string ancestor, string below, Guid key, long attempt, long amount) => engine.Node(ancestor).Hold(
        new HoldRequest(
            engine.PathOf(below), key, attempt, attempt, "u", "gpt-x", amount, null, false, false, false, engine.Today, engine.Clock.Now, engine.Clock.Now + Ttl, false, false,
            0, null)).Within($"the answer of {ancestor}");

    public static Task<ReserveReply> ExtendAsync(this Engine engine, Held held, TimeSpan? ttl = null, long? amount = null) => engine.Node(held.Below)
        .Extend(new ExtendRequest(held.Key, held.Reply.Attempt, ttl, amount, 0, TimeSpan.FromSeconds(2))).Within("the answer to extend");

    public static Task<ReleaseReply> ReleaseAsync(this Engine engine, Held held) =>
        engine.Node(held.Below).Release(new ReleaseRequest(held.Key, held.Reply.Attempt)).Within("the answer to release");

    public static Task<ReservationReply> FindAsync(this Engine engine, Held held) =>
        engine.Node(held.Below).Find(new FindRequest(held.Key, held.Reply.Attempt)).Within("the state of a reservation");

    public static UsageMessage Usage(
        this Engine engine, string below, long cost, string? requestId = null, string user = "u", DateOnly? date = null, SettleMessage? settles = null, bool final = true)
    {
        var row = new UsageRow
        {
            RequestId = requestId ?? NewId(), CostCenter = engine.PathOf(below), User = user, Model = "gpt-x", Cost = new Money(cost), Final = final,
            Timestamp = engine.Clock.Now, BookedDate = date ?? engine.Today, ReservationId = settles is null ? null : "rsv_x",
            ContentHash = Content(below, user, cost, final ? "final" : "beat"),
        };
        return new UsageMessage(row, settles);
    }

    public static async Task<PostReply> PostAsync(this Engine engine, string below, params UsageMessage[] records)
    {
        var reply = await engine.Node(below).Post(new PostRequest([.. records], false));
        return new PostReply([.. reply.Results.Select(Known)]);
    }

    /// <summary>The result without saying whether its cost center is new, which has tests of its own (<see cref="PostPlainlyAsync"/>).</summary>
    public static async Task<PostResult> PostAsync(this Engine engine, string below, UsageMessage record) => Known(await engine.PostPlainlyAsync(below, record));

    public static async Task<PostResult> PostPlainlyAsync(this Engine engine, string below, UsageMessage record)
    {
        var reply = await engine.Node(below).Post(new PostRequest([record], false)).Within($"the answer to a post to {below}");
        return Assert.Single(reply.Results);
    }

    private static PostResult Known(PostResult result) => result with { Flags = result.Flags & ~(int)RowFlags.NewCostCenter, NewFrom = 0 };

    public static Task<PostResult> PostAsync(this Engine engine, string below, long cost, string? requestId = null, string user = "u") =>
        engine.PostAsync(below, engine.Usage(below, cost, requestId, user));

    public static UsageMessage Settlement(this Engine engine, Held held, long cost, bool final = true, string? requestId = null, string? elsewhere = null) =>
        engine.Usage(elsewhere ?? held.Below, cost, requestId, date: held.Reply.Date, settles: held.Id, final: final);

    public static Task<PostResult> SettleAsync(this Engine engine, Held held, long cost, bool final = true, string? requestId = null, string? elsewhere = null) =>
        engine.PostAsync(held.Below, engine.Settlement(held, cost, final, requestId, elsewhere));

    public static Task<NodeView> ViewAsync(this Engine engine, string below) =>
        engine.Node(below).View(new ViewRequest(100)).Within($"the view of {below}");

    /// <summary>What is held at the node, whatever the window.</summary>
    public static async Task<long> HeldAsync(this Engine engine, string below) => (await engine.ViewAsync(below)).OpenAmount;

    public static async Task<long> SpentAsync(this Engine engine, string below) => (await engine.ViewAsync(below)).SpentToday;

    /// <summary>Sets a budget and puts it in force, as the API does.</summary>
    public static async Task PutBudgetAsync(this Engine engine, string below, Budget budget, string? user = null, TenantSettings? tenant = null)
    {
        await engine.Store.Budgets.PutBudgetAsync(engine.PathOf(below), user, budget, tenant is null ? null : _ => tenant, BudgetPrecondition.None, engine.Admin(), CancellationToken.None);
        await engine.RefreshAsync(below, user);
    }

    public static async Task RefreshAsync(this Engine engine, string below, string? user = null)
    {
        await engine.Catalog.RefreshAsync(CancellationToken.None);
        await engine.Node(below).Refresh(new RefreshRequest(user, null)).Within($"the refresh of {below}");
        if (below.Length == 0) return;
        var parent = CostCenterId.ParentOf(below) ?? "";
        await engine.Node(parent).Refresh(new RefreshRequest(null, engine.PathOf(below))).Within($"the refresh of the parent of {below}");
    }

    /// <summary>All that people see of these nodes, as comparable text.</summary>
    public static async Task<string> ViewsAsync(this Engine engine, params string[] nodes)
    {
        var views = new List<string>();
        foreach (var node in nodes) views.Add(System.Text.Json.JsonSerializer.Serialize(await engine.ViewAsync(node)));
        return string.Join('\n', views);
    }

    private static Guid Content(params object[] parts) => ReservationId.KeyOf(string.Join('|', parts), "content");
}
