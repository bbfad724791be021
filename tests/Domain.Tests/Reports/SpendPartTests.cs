using System.Buffers;
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
            var bytes = new ArrayBufferWriter<byte>();
            var writer = new SpendPartWriter(bytes);
            foreach (var (path, (spent, requests)) in entries) writer.Add(path, spent, requests);

            Assert.Equal(entries.Select(e => (e.Key, e.Value.Spent, e.Value.Requests)), Read(bytes.WrittenMemory));
        }
    }

    [Fact]
    public void TheLongestPath_AndTheWidestNumbers_HaveRoom()
    {
        var longest = string.Join('/', Enumerable.Repeat(new string('z', CostCenterId.MaxSegmentLength), CostCenterId.MaxSegments));
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new SpendPartWriter(bytes);
        writer.Add(longest.AsSpan(0, longest.Length - 1), long.MinValue, 0);
        writer.Add(longest, long.MaxValue, long.MaxValue);

        Assert.Equal([(longest[..^1], long.MinValue, 0), (longest, long.MaxValue, long.MaxValue)], Read(bytes.WrittenMemory));
    }

    [Fact]
    public void TwoLists_SideBySide_HaveEachCostCenterOnce_InOrder()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var lists = new[] { new SortedDictionary<string, (long, long)>(StringComparer.Ordinal), new SortedDictionary<string, (long, long)>(StringComparer.Ordinal) };
            var bytes = new[] { new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>() };
            for (var i = 0; i < 2; i++)
            {
                for (var n = random.Next(60); n > 0; n--) lists[i][PathOf(random)] = (random.Next(1, 9), 1);
                // In two parts, which are one.
                foreach (var part in lists[i].Chunk(25))
                {
                    var writer = new SpendPartWriter(bytes[i]);
                    foreach (var (path, (spent, requests)) in part) writer.Add(path, spent, requests);
                }
            }

            var seen = new List<(string, (long, long), (long, long))>();
            SpendMerge.Walk(bytes[0].WrittenMemory, bytes[1].WrittenMemory, (path, a, b) => seen.Add((path.ToString(), a, b)));

            Assert.Equal(lists[0].Keys.Union(lists[1].Keys).Order(StringComparer.Ordinal).Select(p => (p, lists[0].GetValueOrDefault(p), lists[1].GetValueOrDefault(p))), seen);
        }
    }

    [Fact]
    public void Neighbours_TakeFewBytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new SpendPartWriter(bytes);
        for (var i = 0; i < 128; i++) writer.Add($"tenant-1/department-07/team-{i:000}", 3_512_345_678 + i, 100);

        Assert.InRange(bytes.WrittenCount, 128 * 8, 128 * 12);
    }

    private static List<(string, long, long)> Read(ReadOnlyMemory<byte> bytes)
    {
        var read = new List<(string, long, long)>();
        var part = new SpendPart(bytes);
        while (part.Next()) read.Add((part.CostCenter.ToString(), part.Spent, part.Requests));
        return read;
    }

    private static string PathOf(Random random) => string.Join('/', Enumerable.Range(0, random.Next(1, 9)).Select(_ => $"{(char)('a' + random.Next(3))}{new string('x', random.Next(4))}-{random.Next(12)}"));

    private static long NumberOf(Random random) => random.NextInt64() >> random.Next(64) << random.Next(3) * (random.Next(2) == 0 ? 1 : 0) | (random.Next(20) == 0 ? long.MinValue : 0);
}
