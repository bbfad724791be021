namespace BudgetEngine.Api.Http;

/// <summary>What a body says it is.</summary>
internal enum BodyType
{
    Other,
    Json,
    MergePatch,
    NdJson,

    /// <summary>An event in JSON, or a batch of them.</summary>
    CloudEvents,

    /// <summary>Lines of an invoice.</summary>
    Csv,
}
