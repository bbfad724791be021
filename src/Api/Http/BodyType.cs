namespace BudgetEngine.Api.Http;

/// <summary>What a body says it is.</summary>
internal enum BodyType
{
    Other,
    Json,
    MergePatch,
    NdJson,
}
