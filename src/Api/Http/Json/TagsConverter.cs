namespace BudgetEngine.Api.Http.Json;

/// <summary>The tags of a row: an object of texts, as the ledger stores it.</summary>
internal sealed class TagsConverter : RawJsonConverter;
