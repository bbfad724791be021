using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Domain.Tests.CostCenters;

public sealed class CostCenterIdTests
{
    private static readonly string Segment64 = new('a', 64);

    public static TheoryData<string, string, string, int> Good => new()
    {
        { "acme", "acme", "acme", 1 },
        { "acme/engineering/ai-features", "acme/engineering/ai-features", "acme", 3 },
        { "ACME/Engineering", "acme/engineering", "acme", 2 },
        { "0/1/2/3/4/5/6/7", "0/1/2/3/4/5/6/7", "0", 8 },
        { "a.b_c-d/9..--__", "a.b_c-d/9..--__", "a.b_c-d", 2 },
        { Segment64, Segment64, Segment64, 1 },
        { string.Join('/', Enumerable.Repeat(Segment64, 8)), string.Join('/', Enumerable.Repeat(Segment64, 8)), Segment64, 8 },
    };

    public static TheoryData<string?, string> Bad => new()
    {
        { null, "must not be empty" },
        { "", "must not be empty" },
        { "/", "must not have an empty segment" },
        { "/acme", "must not have an empty segment" },
        { "acme/", "must not have an empty segment" },
        { "acme//x", "must not have an empty segment" },
        { " acme", "must be segments of" },
        { "acme ", "must be segments of" },
        { "acme/a b", "must be segments of" },
        { ".acme", "must be segments of" },
        { "acme/-x", "must be segments of" },
        { "acme/_x", "must be segments of" },
        { "acme/..", "must be segments of" },
        { "acme\\x", "must be segments of" },
        { "acme\n", "must be segments of" },
        { "acme\0", "must be segments of" },
        { "größe", "must be segments of" },

        // The Kelvin sign becomes an ASCII k in lower case: it must be refused before that.
        { "\u212A", "must be segments of" },
        { "١", "must be segments of" },
        { "1/2/3/4/5/6/7/8/9", "must have at most 8 segments" },
        { new string('a', 65), "must not have a segment of more than 64 characters" },
        { new string('a', 520), "must have at most 519 characters" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Path_WellFormed_IsTakenInLowerCase(string text, string path, string tenant, int depth)
    {
        Assert.True(CostCenterId.TryParse(text, out var id, out var fault));
        Assert.Null(fault);
        Assert.Equal((path, tenant, depth, depth == 1), (id.Path, id.Tenant, id.Depth, id.IsTenant));
        Assert.Equal(path, id.ToString());
        Assert.Equal(CostCenterId.Trusted(path), id);
        Assert.Equal(tenant, CostCenterId.TenantOf(path));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Path_Malformed_IsRefusedSayingWhy(string? text, string expected)
    {
        Assert.False(CostCenterId.TryParse(text, out var id, out var fault));
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
        Assert.Equal("", id.Path);
    }

    [Theory]
    [InlineData("acme/a/b", "acme/a/b", true)]
    [InlineData("acme/a/b", "acme/a", true)]
    [InlineData("acme/a/b", "acme", true)]
    [InlineData("acme/ab", "acme/a", false)]
    [InlineData("acme", "acme/a", false)]
    [InlineData("acmex/a", "acme", false)]
    public void Path_WithinAnother_IsDecidedByWholeSegments(string path, string root, bool within) =>
        Assert.Equal(within, CostCenterId.IsWithin(path, root));

    [Fact]
    public void Ancestors_OfAPath_GoFromLeafToRoot()
    {
        Assert.Equal(["acme/a/b", "acme/a", "acme"], CostCenterId.SelfAndAncestors("acme/a/b"));
        Assert.Equal(["acme"], CostCenterId.SelfAndAncestors("acme"));
        Assert.Equal("acme/a", CostCenterId.ParentOf("acme/a/b"));
        Assert.Null(CostCenterId.ParentOf("acme"));
    }

    [Theory]
    [InlineData("acme", "acme", "acme", "acme")]
    [InlineData("acme/a/b", "b", "acme", "acme/a")]
    public void Name_IsTheLastSegment_AndAtDepthTheFirstOnes(string path, string name, string first, string second)
    {
        Assert.Equal(name, CostCenterId.NameOf(path));
        Assert.Equal((first, second), (CostCenterId.AtDepth(path, 1), CostCenterId.AtDepth(path, 2)));
        Assert.Equal(path, CostCenterId.AtDepth(path, CostCenterId.DepthOf(path)));
    }
}
