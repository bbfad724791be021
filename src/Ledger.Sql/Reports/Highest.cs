namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>The first so many of any number of items, in an order, without keeping the others.</summary>
internal sealed class Highest<T>(int limit, IComparer<T> order)
{
    private readonly PriorityQueue<T, T> _kept = new(Comparer<T>.Create((a, b) => order.Compare(b, a)));

    public bool IsFull => _kept.Count >= limit;

    /// <summary>The last of those that are kept.</summary>
    public T Last => _kept.Peek();

    public void Add(T item)
    {
        if (_kept.Count < limit) _kept.Enqueue(item, item);
        else if (limit > 0) _kept.EnqueueDequeue(item, item);
    }

    public List<T> ToList()
    {
        List<T> items = [.. _kept.UnorderedItems.Select(i => i.Element)];
        items.Sort(order);
        return items;
    }
}
