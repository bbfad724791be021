namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// Holds by deadline, the next one first. Each hold knows its place, so that one that ends early leaves at once: with a queue that drops dead entries only
/// when they come up, a node with 20,000 settles a second and a ttl of ten minutes would carry twelve million of them.
/// </summary>
internal sealed class DeadlineHeap
{
    private Hold[] _items = [];

    public int Count { get; private set; }

    public Hold? Next => Count == 0 ? null : _items[0];

    /// <summary>So many more are about to come.</summary>
    public void MakeRoom(int more)
    {
        if (Count + more > _items.Length) Array.Resize(ref _items, Count + more);
    }

    public void Add(Hold hold)
    {
        if (Count == _items.Length) Array.Resize(ref _items, Math.Max(4, Count * 2));
        Place(hold, Count++);
        Up(hold.HeapIndex);
    }

    public void Remove(Hold hold)
    {
        var at = hold.HeapIndex;
        var last = _items[--Count];
        _items[Count] = null!;
        hold.HeapIndex = -1;
        if (last != hold)
        {
            Place(last, at);
            Moved(last);
        }

        if (_items.Length > 64 && Count < _items.Length / 4) Array.Resize(ref _items, _items.Length / 2);
    }

    /// <summary>To be called when the deadline of a hold has changed.</summary>
    public void Moved(Hold hold)
    {
        Up(hold.HeapIndex);
        Down(hold.HeapIndex);
    }

    private void Up(int at)
    {
        var hold = _items[at];
        for (var parent = (at - 1) / 2; at > 0 && _items[parent].Deadline > hold.Deadline; parent = (at - 1) / 2)
        {
            Place(_items[parent], at);
            at = parent;
        }

        Place(hold, at);
    }

    private void Down(int at)
    {
        var hold = _items[at];
        for (var child = at * 2 + 1; child < Count; child = at * 2 + 1)
        {
            if (child + 1 < Count && _items[child + 1].Deadline < _items[child].Deadline) child++;
            if (_items[child].Deadline >= hold.Deadline) break;
            Place(_items[child], at);
            at = child;
        }

        Place(hold, at);
    }

    private void Place(Hold hold, int at)
    {
        _items[at] = hold;
        hold.HeapIndex = at;
    }
}
