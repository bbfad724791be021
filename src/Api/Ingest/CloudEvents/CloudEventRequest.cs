using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using BudgetEngine.Api.Usage;

namespace BudgetEngine.Api.Ingest.CloudEvents;

/// <summary>A CloudEvent, for the OpenAPI document only.</summary>
[Description("A CloudEvent whose data is a usage record. source and id are the record's identity; type, specversion and extensions are not looked at.")]
internal sealed record CloudEventRequest
{
    [Required]
    public string Specversion { get; init; } = default!;

    [Required]
    public string Id { get; init; } = default!;

    [Required]
    public string Source { get; init; } = default!;

    [Required]
    public string Type { get; init; } = default!;

    [Description("The cost center of a record that names none: a path, or a name below the key's cost center.")]
    public string? Subject { get; init; }

    [Description("The timestamp of a record that has none.")]
    public DateTimeOffset? Time { get; init; }

    public string? Datacontenttype { get; init; }

    public UsageRecordRequest? Data { get; init; }

    public string? DataBase64 { get; init; }
}
