using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.Ingest;

/// <summary>How records in others' formats are taken.</summary>
public sealed class IngestOptions
{
    public const string Section = "Ingest";

    /// <summary>Where records go that name no cost center, sent with a key for the whole installation. Default <c>default</c>: a path.</summary>
    [Required, RegularExpression("[a-z0-9][a-z0-9._-]{0,63}(/[a-z0-9][a-z0-9._-]{0,63}){0,6}")]
    public string CostCenter { get; set; } = "default";
}
