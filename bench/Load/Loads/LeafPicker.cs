using BudgetEngine.Load.Http;

namespace BudgetEngine.Load.Loads;

/// <summary>Writes the next leaf into a request that was built with the first one.</summary>
internal sealed class LeafPicker(Leaves leaves, int seed)
{
    private const int DepartmentAt = 5;
    private const int LeafAt = 13;

    private readonly int _perDepartment = CostCenters.LeavesPerDepartment(CostCenters.TenantOf(leaves));
    private uint _state = (uint)seed * 2_654_435_761u + 1;

    public void Write(WireRequest request, int at)
    {
        if (leaves == Leaves.Hot) return;
        var pick = leaves == Leaves.Zipf ? ZipfTable.Leaf(Next()) : (int)(Next() % Sizes.Leaves);
        request.WriteTwoDigits(at + DepartmentAt, pick / _perDepartment);
        request.WriteThreeDigits(at + LeafAt, pick % _perDepartment);
    }

    /// <summary>Xorshift: cheap, and the same in every run.</summary>
    private uint Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return _state;
    }
}

/// <summary>Zipf's law over the leaves as a table: one look-up per request, every leaf in it at least once.</summary>
internal static class ZipfTable
{
    private const int Bits = 16;

    /// <summary>Has no divisor in common with the number of leaves: neighbours in rank lie in different departments.</summary>
    private const int Scatter = 389;

    private static readonly ushort[] s_leaves = Build();

    public static int Leaf(uint random) => s_leaves[random >> (32 - Bits)];

    private static ushort[] Build()
    {
        var table = new ushort[1 << Bits];
        var whole = Enumerable.Range(1, Sizes.Leaves).Sum(rank => 1.0 / rank);
        var (at, sum) = (0, 0.0);
        for (var rank = 1; rank <= Sizes.Leaves; rank++)
        {
            sum += 1.0 / rank;
            var end = (int)Math.Round(sum / whole * table.Length);
            for (; at < end; at++) table[at] = (ushort)((rank - 1) * Scatter % Sizes.Leaves);
        }

        return table;
    }
}
