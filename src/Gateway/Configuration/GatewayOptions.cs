using System.ComponentModel.DataAnnotations;
using BudgetEngine.Client;

namespace BudgetEngine.Gateway.Configuration;

/// <summary>The gateway before the providers of models.</summary>
public sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>Whether a silo serves the gateway too. Default false; <c>./run.sh --gateway</c> sets it.</summary>
    public bool Enabled { get; set; }

    /// <summary>The engine's address. Default: the process itself; required by <c>run.sh gateway</c>, which is no engine.</summary>
    public string? Engine { get; set; }

    /// <summary>For one question to the engine, repeats included. Default 2 s, 50 ms to 60 s: shorter turns slow moments into outages, longer lets callers wait.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan EngineTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What happens to calls while the engine is away: <c>closed</c> refuses them (503), <c>open</c> lets them pass, <c>openUpTo</c> until <see cref="OutageLimit"/>.</summary>
    public OutagePolicy OnOutage { get; set; } = OutagePolicy.Closed;

    /// <summary>With <c>openUpTo</c>: the sum, in the engine's currency, that this process lets pass until the engine answers again. Default 0.</summary>
    [Range(typeof(decimal), "0", "10000000000000")]
    public decimal OutageLimit { get; set; }

    /// <summary>What each such call counts as, in the engine's currency: prices are known to the engine alone. Default 0.05, 0 to 10^13; 0.05 is nothing where one unit is small money.</summary>
    [Range(typeof(decimal), "0", "10000000000000")]
    public decimal OutageAmountPerCall { get; set; } = 0.05m;

    /// <summary>Whether a call goes on with fewer output tokens when what is left does not pay for all of them. Default false: it is denied.</summary>
    public bool LowersMaxTokens { get; set; }

    /// <summary>Further attempts after 429, 500, 502, 503 or 504 of a provider. Default 2, 0 to 10: more hides longer outages and keeps holds longer.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 2;

    /// <summary>Until a provider's answer begins. Default 10 min, 1 s to 1 h. Its hold lapses after 10 minutes, so that what takes longer is booked as <c>after_expiry</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan UpstreamTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The largest request to a model. Default 32 MiB, 1 KiB to 256 MiB; beyond it 413. Larger: more memory per call.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxRequestBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Of <see cref="MaxBufferedBytes"/>, one key takes one part in so many at most: two keys fill it, one does not.</summary>
    internal const int ShareOfOneCaller = 2;

    /// <summary>Requests to models in memory at once, and those of their answers that are no streams, each until its call has ended. Default 512 MiB, 1 MiB to 64 GiB, at least twice
    /// <see cref="MaxRequestBytes"/>; beyond it, and beyond half of it for one key, a request is 503, and an answer passes without being held. Lower refuses calls when many come at
    /// once, higher lets their senders take memory.</summary>
    [Range(1_048_576L, 68_719_476_736L)]
    public long MaxBufferedBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>How long a request may take to arrive. Default 60 s, 1 s to 1 h; beyond it 408. Lower cuts slow lines off, higher lets a stalled sender keep its memory.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestWithin { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The largest answer that is held until its cost is known, where it is no stream. Default 64 MiB, 1 KiB to 256 MiB; a larger one passes as it comes, without X-Budget-Cost.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long a stop waits for calls under way before it breaks them off; both are settled. Default 20 s, 0 to 40 s: the process has 45 s in all.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:40")]
    public TimeSpan DrainWithin { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The providers, by the first segment of the path under which each is served.</summary>
    public Dictionary<string, UpstreamOptions> Upstreams { get; } = new(StringComparer.OrdinalIgnoreCase);
}
