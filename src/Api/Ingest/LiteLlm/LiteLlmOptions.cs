using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.Ingest.LiteLlm;

/// <summary>How LiteLLM's payloads are taken.</summary>
public sealed class LiteLlmOptions
{
    public const string Section = "Ingest:LiteLlm";

    /// <summary>Paths into the payload, separated by commas: the first that is present, made a segment, is the cost center below the key's. Default team, key, end user.</summary>
    [Required, RegularExpression(@"\s*[A-Za-z0-9_]+(\.[A-Za-z0-9_]+){0,4}(\s*,\s*[A-Za-z0-9_]+(\.[A-Za-z0-9_]+){0,4}){0,15}\s*")]
    public string CostCenterFrom { get; set; } = "metadata.user_api_key_team_id,metadata.user_api_key_alias,end_user";

    /// <summary>The largest payload, decompressed; above it <c>record_too_large</c>. Default 16 MiB, 64 KiB to 256 MiB: prompts and answers are in it and are
    /// skipped. Lower loses the cost of long conversations, higher costs memory per request.</summary>
    [Range(65_536, 268_435_456)]
    public int MaxRecordBytes { get; set; } = 16 * 1024 * 1024;
}
