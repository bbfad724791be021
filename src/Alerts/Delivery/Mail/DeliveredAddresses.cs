namespace BudgetEngine.Alerts.Delivery.Mail;

/// <summary>
/// Which addresses have taken a message that others have put off, so that the repeat goes to those others only. Kept in memory, for the latest messages:
/// after a restart an address
/// may get a message twice, under the same Message-ID.
/// </summary>
internal sealed class DeliveredAddresses
{
    public const int MaxMessages = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _byMessage = [];
    private readonly Queue<string> _order = new();

    public bool Has(string messageId, string address)
    {
        lock (_lock) return _byMessage.TryGetValue(messageId, out var addresses) && addresses.Contains(address);
    }

    /// <summary>Whether any address had taken it.</summary>
    public bool Forget(string messageId)
    {
        lock (_lock) return _byMessage.Remove(messageId, out var addresses) && addresses.Count > 0;
    }

    public void Add(string messageId, IEnumerable<string> addresses)
    {
        lock (_lock)
        {
            if (!_byMessage.TryGetValue(messageId, out var known))
            {
                // Also ids that are forgotten by now: the queue is what is bounded.
                if (_order.Count == MaxMessages) _byMessage.Remove(_order.Dequeue());
                _byMessage[messageId] = known = [];
                _order.Enqueue(messageId);
            }

            known.UnionWith(addresses);
        }
    }
}
