namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>The first so many of any number of items, in an order, without keeping the others.</summary>
internal sealed class Highest<T>(int limit, IComparer<T> order)
{
    private readonly PriorityQueue<T, T> _kept = new(Comparer<T>.Create((a, b) => order.Compare(b, a)));

    public void Add(T item)
    {
        if (_kept.Count < limit) _kept.Enqueue(item, item);
        else if (limit > 0) _kept.EnqueueDequeue(item, item);
    }

    public T[] ToArray()
    {
        T[] items = [.. _kept.UnorderedItems.Select(i => i.Element)];
        Array.Sort(items, order);
        return items;
    }
}
