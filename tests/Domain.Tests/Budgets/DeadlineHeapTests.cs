using BudgetEngine.Domain.Budgets;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Budgets;

public sealed class DeadlineHeapTests(ITestOutputHelper output)
{
    [Fact]
    public void Heap_AfterAnyCommands_HasTheNextDeadlineOfASortedList()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < 50; run++)
        {
            var (heap, list) = (new DeadlineHeap(), new List<Hold>());
            var growing = random.Next(30, 60);
            for (var i = 0; i < 2_000; i++)
            {
                // Grows to some hundreds, then shrinks to nothing: the array is made larger and smaller on the way.
                if (i == 1_000) growing = 20;
                var roll = random.Next(100);
                if (roll < growing || list.Count == 0) Add(heap, list, random);
                else if (roll < 60) Move(heap, list, random);
                else if (roll < 80) Remove(heap, list, list[random.Next(list.Count)]);
                else Remove(heap, list, heap.Next!);
                Assert.Equal(list.Count, heap.Count);
                Assert.Equal(list.Count == 0 ? null : list.Min(h => h.Deadline), heap.Next?.Deadline);
            }

            var drained = new List<long>();
            for (; heap.Next is { } next; Remove(heap, list, next)) drained.Add(next.Deadline);
            Assert.Equal(drained.Order(), drained);
            Assert.Empty(list);
        }
    }

    private static void Add(DeadlineHeap heap, List<Hold> list, Random random)
    {
        var hold = new Hold
        {
            Key = Guid.Empty, Owner = "acme", User = "bob", Attempt = Stamp.None, Date = default, Deadline = random.Next(20) == 0 ? long.MaxValue : random.Next(500),
        };
        heap.Add(hold);
        list.Add(hold);
    }

    private static void Move(DeadlineHeap heap, List<Hold> list, Random random)
    {
        var hold = list[random.Next(list.Count)];
        hold.Deadline = random.Next(10) == 0 ? long.MaxValue : random.Next(500);
        heap.Moved(hold);
    }

    private static void Remove(DeadlineHeap heap, List<Hold> list, Hold hold)
    {
        heap.Remove(hold);
        Assert.Equal(-1, hold.HeapIndex);
        Assert.True(list.Remove(hold));
    }
}
