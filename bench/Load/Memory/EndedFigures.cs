namespace BudgetEngine.Load.Memory;

/// <summary>What reservations take that are over and still remembered.</summary>
/// <param name="Ended">How many were settled between the two readings.</param>
/// <param name="BytesBefore">Live bytes of the managed heap, after a full collection.</param>
/// <param name="BytesAfter">The same with them.</param>
internal sealed record EndedFigures(string Contestant, long Ended, long BytesBefore, long BytesAfter)
{
    public double BytesEach => (double)(BytesAfter - BytesBefore) / Ended;
}
