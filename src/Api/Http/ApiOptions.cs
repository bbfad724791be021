using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.Http;

/// <summary>Limits of the HTTP layer.</summary>
public sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>The largest JSON body, decompressed; above it 413. Default 8 MiB, 64 KiB to 28 MiB (Kestrel's own limit is just above). Lower refuses honest
    /// batches, higher costs memory per request.</summary>
    [Range(65_536, 29_360_128)]
    public int MaxBodyBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Bytes of bodies that are not read whole yet, in all requests of the process, beyond the first 64 KiB of each; one key has a quarter of it. Above it 503
    /// <c>overloaded</c>. Default 128 MiB, 32 MiB to 16 GiB. Lower refuses honest bodies when many come at once, higher lets their senders take memory.</summary>
    [Range(33_554_432L, 17_179_869_184L)]
    public long MaxBufferedBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>How long a JSON body, or one record of a stream, may take from its first byte to its last; then 408. Default 30 s, 1 s to 10 min. Lower cuts slow lines off, higher
    /// lets a stalled sender keep its memory.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan BodyWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many times its size a body in gzip may expand, once it is above 64 KiB; then 413. Default 100, 10 to 1,000 (gzip's own limit is 1,032): JSON of usage shrinks to
    /// a tenth or twentieth.</summary>
    [Range(10, 1_000)]
    public int MaxGzipRatio { get; set; } = 100;

    /// <summary>How large a body in gzip may become, streams included; then 413. Default 1 GiB, 1 MiB to 1 TiB.</summary>
    [Range(1_048_576L, 1_099_511_627_776L)]
    public long MaxGzipBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Reports, lists and exports of one key that are read at once; more wait their turn. Default 4, 1 to 1,000. All keys of one tenant have twice as many. Lower makes a
    /// page that asks for several things wait for itself, higher lets one key take the readers from the others.</summary>
    [Range(1, 1_000)]
    public int ReadsPerKey { get; set; } = 4;

    /// <summary>Bodies of many records of one key that are taken at once; more wait their turn. Default 4, 1 to 1,000. All keys of one tenant have twice as many. Lower slows
    /// down loading, higher lets one key take the processor from the others.</summary>
    [Range(1, 1_000)]
    public int IntakesPerKey { get; set; } = 4;

    /// <summary>Requests of one key that may wait for their turn; more are 429 <c>too_many_requests</c>. Default 32, 0 to 10,000.</summary>
    [Range(0, 10_000)]
    public int WaitingPerKey { get; set; } = 32;

    /// <summary>How long a request waits for its turn; then 429 <c>too_many_requests</c>. Default 10 s, 100 ms to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan WaitAtMost { get; set; } = TimeSpan.FromSeconds(10);
}
