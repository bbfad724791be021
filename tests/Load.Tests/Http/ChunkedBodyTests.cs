using System.Text;
using BudgetEngine.Load.Http;

namespace BudgetEngine.Load.Tests.Http;

public sealed class ChunkedBodyTests
{
    private const string Chunks = "3\r\nabc\r\n1A\r\n0123456789\r\n0123456789cdef\r\n0\r\n\r\n";

    [Fact]
    public void TryJoin_AllChunks_IsTheBody()
    {
        var bytes = Encoding.UTF8.GetBytes(Chunks + "HTTP");

        Assert.True(ChunkedBody.TryJoin(bytes, out var length, out var used));

        Assert.Equal("abc0123456789\r\n0123456789cdef", Encoding.UTF8.GetString(bytes, 0, length));
        Assert.Equal(Chunks.Length, used);
    }

    [Fact]
    public void TryJoin_AnyPart_WaitsForTheRest_AndMovesNothing()
    {
        for (var count = 0; count < Chunks.Length; count++)
        {
            var bytes = Encoding.UTF8.GetBytes(Chunks[..count]);

            Assert.False(ChunkedBody.TryJoin(bytes, out _, out _), $"after {count} bytes");
            Assert.Equal(Chunks[..count], Encoding.UTF8.GetString(bytes));
        }
    }

    [Theory]
    [InlineData("x\r\nabc\r\n")]
    [InlineData("3;name=value\r\nabc\r\n")]
    public void TryJoin_NoLength_Throws(string chunks) => Assert.Throws<InvalidDataException>(() => ChunkedBody.TryJoin(Encoding.UTF8.GetBytes(chunks), out _, out _));
}
