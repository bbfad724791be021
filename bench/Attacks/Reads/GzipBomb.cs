using System.IO.Compression;
using System.Net.Http.Headers;
using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Reads;

/// <summary>Small bodies of gzip that are large inside: nothing but newlines, and records of two characters.</summary>
internal sealed class GzipBomb : IAttack
{
    private const int Plain = 200 * 1024 * 1024;
    private const int PlainRecords = 60 * 1024 * 1024;
    private const int LoopsOfEach = 4;

    private readonly byte[] _newlines = Pack("\n"u8, Plain);
    private readonly byte[] _records = Pack("{}\n"u8, PlainRecords);
    private string _key = "";

    public string Name => "gzip";

    public string What => $"gzip of {Plain >> 20} MiB of newlines, and of {PlainRecords >> 20} MiB of `{{}}` lines, 4 at once each";

    public async Task PrepareAsync(Stand stand) => _key = await stand.AttackerKeyAsync("usage");

    public Task RunAsync(Stand stand, Tally tally, CancellationToken end) =>
        Task.WhenAll(new[] { _newlines, _records }.SelectMany(body => Enumerable.Range(0, LoopsOfEach).Select(_ => LoopAsync(stand, body, tally, end))));

    public Task<string> EffectAsync(Stand stand) => Task.FromResult($"bodies of {_newlines.Length >> 10} and {_records.Length >> 10} KB");

    private async Task LoopAsync(Stand stand, byte[] body, Tally tally, CancellationToken end)
    {
        using var client = stand.ClientOf(_key);
        while (!end.IsCancellationRequested)
        {
            await tally.CountAsync(
                async () =>
                {
                    using var content = new ByteArrayContent(body);
                    content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                    content.Headers.ContentEncoding.Add("gzip");
                    using var answer = await client.PostAsync("/v1/usage", content, end);
                    return (int)answer.StatusCode;
                },
                end);
        }
    }

    private static byte[] Pack(ReadOnlySpan<byte> pattern, int length)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var chunk = new byte[pattern.Length * 20_000];
            for (var at = 0; at < chunk.Length; at += pattern.Length) pattern.CopyTo(chunk.AsSpan(at));
            for (var left = length; left > 0; left -= chunk.Length) gzip.Write(chunk.AsSpan(0, Math.Min(left, chunk.Length)));
        }

        return packed.ToArray();
    }
}
