using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.Catalogs;

/// <summary>How this process follows prices, policies and keys that others change.</summary>
public sealed class CatalogOptions
{
    public const string Section = "Catalog";

    /// <summary>How often the versions are read. Default 0.5 s, 0.1 to 0.9 s: a revoked key must be refused everywhere within 1 s; lower only costs queries.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:00.900")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);
}
