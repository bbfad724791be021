using System.Text;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;

namespace BudgetEngine.Load.Tests;

public sealed class LeafPickerTests
{
    private const int Picks = 200_000;

    [Fact]
    public void Zipf_ManyPicks_FollowTheLaw()
    {
        var counts = new int[Sizes.Leaves];
        for (var i = 0; i < Picks; i++) counts[ZipfTable.Leaf((uint)(i * (uint.MaxValue / Picks)))]++;
        var whole = Enumerable.Range(1, Sizes.Leaves).Sum(rank => 1.0 / rank);
        int[] sorted = [.. counts.OrderDescending()];

        Assert.Equal(counts[0], sorted[0]);
        Assert.InRange(sorted[0] / (double)Picks, 0.99 / whole, 1.01 / whole);
        Assert.InRange(sorted[9] / (double)Picks, 0.099 / whole, 0.101 / whole);
        Assert.True(sorted[^1] > 0, "every leaf is named");
    }

    [Theory]
    [InlineData(nameof(Leaves.Uniform))]
    [InlineData(nameof(Leaves.Zipf))]
    [InlineData(nameof(Leaves.Hot))]
    [InlineData(nameof(Leaves.HotParent))]
    public void Write_AnyLeaves_NamesOneThatIsSetUp(string name)
    {
        var leaves = Enum.Parse<Leaves>(name);
        var tenant = CostCenters.TenantOf(leaves);
        var known = CostCenters.AllLeaves(tenant).ToHashSet();
        var (request, picker) = (WireRequest.Of("POST", $"/{tenant}/{CostCenters.FirstLeaf}"), new LeafPicker(leaves, 1));
        var at = request.PlaceOf(CostCenters.FirstLeaf);
        var named = new HashSet<string>();
        for (var i = 0; i < 50_000; i++)
        {
            picker.Write(request, at);
            named.Add(Encoding.UTF8.GetString(request.Bytes.Span.Slice(at - tenant.Length - 1, tenant.Length + 1 + CostCenters.FirstLeaf.Length)));
        }

        Assert.Subset(known, named);
        Assert.Equal(leaves == Leaves.Hot ? 1 : Sizes.Leaves, named.Count);
    }
}
