using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Domain.Tests.Reports;

public class SpendPartTests
{
    [Fact]
    public void AnyEntries_AreReadAsTheyWereWritten()
    {
        var random = new Random(20_261_130);
        for (var round = 0; round < 300; round++)
        {
            var entries = new SortedDictionary<string, (long Spent, long Requests)>(StringComparer.Ordinal);
            for (var i = random.Next(200); i > 0; i--) entries[PathOf(random)] = (NumberOf(random), NumberOf(random) & long.MaxValue);
            var writer = new SpendPartWriter();
            foreach (var (path, (spent, requests)) in entries) writer.Add(path, spent, requests);

            Assert.Equal(entries.Count, writer.Count);
            Assert.Equal(entries.Select(e => (e.Key, e.Value.Spent, e.Value.Requests)), Read(writer.ToArray()));
        }
    }

    [Fact]
    public void TheLongestPath_AndTheWidestNumbers_HaveRoom()
    {
        var longest = string.Join('/', Enumerable.Repeat(new string('z', CostCenterId.MaxSegmentLength), CostCenterId.MaxSegments));
        var writer = new SpendPartWriter();
        writer.Add(longest[..^1], long.MinValue, 0);
        writer.Add(longest, long.MaxValue, long.MaxValue);

        Assert.Equal([(longest[..^1], long.MinValue, 0), (longest, long.MaxValue, long.MaxValue)], Read(writer.ToArray()));
    }

    [Fact]
    public void Neighbours_TakeFewBytes()
    {
        var writer = new SpendPartWriter();
        for (var i = 0; i < 128; i++) writer.Add($"tenant-1/department-07/team-{i:000}", 3_512_345_678 + i, 100);

        Assert.InRange(writer.ToArray().Length, 128 * 8, 128 * 12);
    }

    private static List<(string, long, long)> Read(byte[] bytes)
    {
        var read = new List<(string, long, long)>();
        var part = new SpendPart(bytes, new char[CostCenterId.MaxLength]);
        while (part.Next()) read.Add((part.CostCenter.ToString(), part.Spent, part.Requests));
        return read;
    }

    private static string PathOf(Random random) => string.Join('/', Enumerable.Range(0, random.Next(1, 9)).Select(_ => $"{(char)('a' + random.Next(3))}{new string('x', random.Next(4))}-{random.Next(12)}"));

    private static long NumberOf(Random random) => random.NextInt64() >> random.Next(64) << random.Next(3) * (random.Next(2) == 0 ? 1 : 0) | (random.Next(20) == 0 ? long.MinValue : 0);
}
