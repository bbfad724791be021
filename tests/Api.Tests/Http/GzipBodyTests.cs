using System.IO.Compression;
using BudgetEngine.Api.Http;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Api.Tests.Http;

public sealed class GzipBodyTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Body_WhereverItBreaksOff_IsRefused_AndAWholeOneIsRead()
    {
        var random = Seed.NewRandom(output);
        for (var i = 0; i < 60; i++)
        {
            var plain = new byte[1 + random.Next(i % 3 == 0 ? 20 : 12_000)];
            if (i % 2 == 0) random.NextBytes(plain);
            var packed = Pack(plain);
            var (once, twice) = (await UnpackAsync(packed, random), await UnpackAsync([.. packed, .. packed], random));
            Assert.Equal(plain, once);
            // Of several members, as of one.
            Assert.Equal<byte>([.. plain, .. plain], twice);
            for (var cut = 1; cut < packed.Length; cut += cut < 12 ? 1 : random.Next(1, packed.Length))
            {
                await Assert.ThrowsAsync<InvalidDataException>(() => UnpackAsync(packed[..^cut], random));
            }

            var wrong = packed.ToArray();
            wrong[^random.Next(1, 9)] ^= 1;
            await Assert.ThrowsAsync<InvalidDataException>(() => UnpackAsync(wrong, random));
        }
    }

    [Fact]
    public async Task Body_OfNothing_IsNothing() => Assert.Empty(await UnpackAsync([], new Random(1)));

    [Fact]
    public async Task Body_ThatIsRefused_KeepsNothingOfIt()
    {
        var body = new GzipBody(new MemoryStream(Pack(new byte[10_000_000])), 100, long.MaxValue);
        var room = new byte[4_096];
        await Assert.ThrowsAsync<BodyRefusedException>(async () =>
        {
            while (await body.ReadAsync(room) > 0)
            {
            }
        });

        await Assert.ThrowsAsync<ObjectDisposedException>(() => body.ReadAsync(room).AsTask());
    }

    private static byte[] Pack(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(plain);
        return packed.ToArray();
    }

    private static async Task<byte[]> UnpackAsync(byte[] packed, Random random)
    {
        await using var body = new GzipBody(new Pieces(packed, random.Next(2) == 0 ? random.Next(1, 30) : int.MaxValue), 1_000, long.MaxValue);
        using var plain = new MemoryStream();
        await body.CopyToAsync(plain, random.Next(1, 9_000));
        return plain.ToArray();
    }

    /// <summary>Comes in pieces, as from a network.</summary>
    private sealed class Pieces(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
    }
}
