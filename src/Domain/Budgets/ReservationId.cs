using System.Text;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// What the id of a reservation says: all that settling needs when nobody remembers it. Its text is signed (<see cref="ReservationSigningKeys"/>), so whatever
/// was read from one was granted by this installation.
/// </summary>
/// <param name="Key">Names the reservation at every node: hash of owner and request id.</param>
public sealed record ReservationId(string Owner, string User, DateOnly Date, Stamp Attempt, Guid Key)
{
    /// <summary>The key of a reservation.</summary>
    public static Guid KeyOf(string owner, string requestId)
    {
        var length = Encoding.UTF8.GetMaxByteCount(owner.Length + requestId.Length + 1);
        Span<byte> bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        var used = Encoding.UTF8.GetBytes(owner, bytes);
        bytes[used++] = 0;
        used += Encoding.UTF8.GetBytes(requestId, bytes[used..]);
        return ContentHash.Of(bytes[..used]);
    }
}
