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
}
