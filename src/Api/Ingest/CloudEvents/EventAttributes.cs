namespace BudgetEngine.Api.Ingest.CloudEvents;

/// <summary>What an event says of itself.</summary>
/// <param name="Time">Null: it says none; unreadable texts are kept as they are.</param>
internal readonly record struct EventAttributes(string? Id, string? Source, string? Subject, string? Time)
{
    /// <summary>Stands between the two in an id, and is escaped within them.</summary>
    private const char Between = '|';

    /// <summary>The pair of source and id as one text: no two pairs have the same, whatever characters they have. Null: one is missing.</summary>
    public string? Identity => Source is null || Id is null ? null : StableId.Of($"{Escaped(Source)}{Between}{Escaped(Id)}");

    private static string Escaped(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace("|", "%7C", StringComparison.Ordinal);
}
