using System.Buffers;
using System.Text;
using BudgetEngine.Api.Usage;

namespace BudgetEngine.Api.Tests.Usage;

public class RecordSplitterTests
{
    [Theory]
    [InlineData("[]", "End")]
    [InlineData(" [ ] ", "End")]
    [InlineData("[{\"a\":1},{\"b\":[1,{}]}]", "{\"a\":1}|{\"b\":[1,{}]}|End")]
    [InlineData("[1, \"x,]\", null,true ]", "1|\"x,]\"|null|true|End")]
    [InlineData("[{\"a\":\"\\\"}]\"}]", "{\"a\":\"\\\"}]\"}|End")]
    [InlineData("[{\"a\":\"\\\\\"}]", "{\"a\":\"\\\\\"}|End")]
    [InlineData("[{}", "{}|Broken")]
    [InlineData("[{},", "{}|Broken")]
    [InlineData("[{},]", "{}|Broken")]
    [InlineData("[{} {}]", "{}|Broken")]
    [InlineData("[{}]]", "{}|Broken")]
    [InlineData("[{\"a\":", "Broken")]
    [InlineData("[,{}]", "Broken")]
    [InlineData("{}", "Broken")]
    [InlineData("", "Broken")]
    [InlineData("[{\"long\":\"0123456789012345678901234567890123456789\"},{}]", "TooLarge|{}|End")]
    public void Next_OfAnArray_CutsTheSameHoweverTheBytesArrive(string body, string expected)
    {
        for (var size = 1; size <= body.Length + 1; size++) Assert.Equal(expected, Split(RecordSplitter.Array(40), body, size));
    }

    [Theory]
    [InlineData("", "End")]
    [InlineData("{}\n{}", "{}|{}|End")]
    [InlineData("{}\r\n\n  \n{\"a\":1}\n", "{}\r|{\"a\":1}|End")]
    [InlineData("x\n0123456789012345678901234567890123456789!\ny", "x|TooLarge|y|End")]
    [InlineData("0123456789012345678901234567890123456789!", "TooLarge|End")]
    public void Next_OfLines_CutsTheSameHoweverTheBytesArrive(string body, string expected)
    {
        for (var size = 1; size <= body.Length + 1; size++) Assert.Equal(expected, Split(RecordSplitter.Lines(40), body, size));
    }

    /// <summary>Feeds the bytes in pieces, keeping what was not consumed, as a pipe does.</summary>
    private static string Split(RecordSplitter splitter, string body, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var found = new List<string>();
        byte[] kept = [];
        for (var at = 0; ; at += size)
        {
            var isLast = at >= bytes.Length;
            byte[] fed = [.. kept, .. bytes[Math.Min(at, bytes.Length)..Math.Min(at + size, bytes.Length)]];
            var buffer = new ReadOnlySequence<byte>(fed);
            while (true)
            {
                var split = splitter.Next(ref buffer, isLast, out var record);
                if (split == SplitResult.More) break;
                found.Add(split == SplitResult.Record ? Encoding.UTF8.GetString(record) : split.ToString());
                if (split is SplitResult.End or SplitResult.Broken) return string.Join("|", found);
            }

            Assert.False(isLast, "more was asked for after the end");
            kept = buffer.ToArray();
        }
    }
}
