using BudgetEngine.Api.Usage;
using BudgetEngine.Load.Limit;
using BudgetEngine.Load.Rivals;

namespace BudgetEngine.Load.Tests.Limit;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task Add_WhileABatchIsCommitted_SharesTheNext_AndIsAcknowledgedAfterIt()
    {
        var store = new HeldStore();
        using var commits = new GroupCommit(store);
        var first = commits.AddAsync(Record("1"));
        await store.HasBegun;
        Task<bool>[] next = [.. new[] { "2", "3", "4" }.Select(id => commits.AddAsync(Record(id)))];
        Assert.DoesNotContain([first, .. next], t => t.IsCompleted);

        store.LetGo();

        var recorded = await Task.WhenAll([first, .. next]);
        Assert.Equal([true, true, true, true], recorded);
        Assert.Equal([1, 3], store.Batches);
    }

    [Fact]
    public async Task Add_StoreThatFails_FailsEveryRecordOfTheBatch()
    {
        using var commits = new GroupCommit(new FailingStore());

        await Assert.ThrowsAsync<InvalidOperationException>(() => commits.AddAsync(Record("1")));
    }

    private static LimitRecord Record(string id) => new("load/dept-00/leaf-000", new RivalRecord(new UsageInput { RequestId = id }, []));

    private sealed class HeldStore : ILimitStore
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _go = new();

        public Task HasBegun => _begun.Task;

        public List<int> Batches { get; } = [];

        public void LetGo() => _go.Set();

        public bool[] Commit(IReadOnlyList<LimitRecord> batch)
        {
            _begun.TrySetResult();
            _go.Wait();
            Batches.Add(batch.Count);
            return [.. batch.Select(_ => true)];
        }

        public Totals Totals() => throw new NotSupportedException();

        public void Dispose() => _go.Dispose();
    }

    private sealed class FailingStore : ILimitStore
    {
        public bool[] Commit(IReadOnlyList<LimitRecord> batch) => throw new InvalidOperationException("It fails.");

        public Totals Totals() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
