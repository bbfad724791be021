using System.Globalization;
using System.Text.Json;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Prices.Import;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>The real file of 218 models, which stays in the shared folder.</summary>
public sealed class LiteLlmFileTests(ITestOutputHelper output)
{
    [SharedFileFact("litellm-prices.json")]
    public void File_OfRealModels_IsImportedExactly()
    {
        var bytes = File.ReadAllBytes(Repository.SharedFile("litellm-prices.json")!);
        var import = LiteLlmImport.Read(bytes, Book.Noon, Book.Noon, PriceBook.Empty);
        using var document = JsonDocument.Parse(bytes);

        Assert.Null(import.Fault);
        Assert.Equal(document.RootElement.EnumerateObject().Select(p => p.Name), import.Models.Select(m => m.Model));
        foreach (var group in import.Models.GroupBy(m => (m.Outcome, m.Reason))) output.WriteLine($"{group.Key}: {group.Count()}");
        foreach (var model in import.Models.Where(m => m.Version is not null)) AssertExact(document.RootElement.GetProperty(model.Model), model);
        AssertKnownModels(import);

        var book = new PriceBook([.. import.Versions]);
        Assert.All(LiteLlmImport.Read(bytes, Book.Noon, Book.Noon, book).Of(ImportOutcome.Added), m => Assert.Fail(m.Model));
        Assert.Equal(book.Versions.Length, LiteLlmImport.Read(bytes, Book.Noon, Book.Noon, book).Of(ImportOutcome.Unchanged).Count());
    }

    private static void AssertKnownModels(PriceImport import)
    {
        var models = import.Models.ToDictionary(m => m.Model);
        Assert.Equal(new TokenPrices(2, 8, 0.5m), models["gpt-4.1"].Version!.Prices);
        Assert.Equal(32_768, models["gpt-4.1"].Version!.MaxOutputTokens);
        Assert.Equal(new TokenPrices(3, 15, 0.3m, 3.75m), models["claude-3-7-sonnet-20250219"].Version!.Prices);
        Assert.Equal(["cache_creation_input_token_cost_above_1hr", "search_context_cost_per_query"], models["claude-3-7-sonnet-20250219"].NotTaken.ToArray());
        Assert.Equal(ImportOutcome.Skipped, models["gpt-image-1"].Outcome);
        Assert.True(import.Of(ImportOutcome.Added).Count() > 150);
        Assert.All(import.Of(ImportOutcome.Added), m => Assert.Empty(m.Rounded));
    }

    private static void AssertExact(JsonElement entry, ImportedModel model)
    {
        var prices = model.Version!.Prices!;
        Assert.Empty(prices.Faults());
        Assert.Equal(PerMillion(entry, "input_cost_per_token"), prices.Input);
        Assert.Equal(PerMillion(entry, "output_cost_per_token") ?? 0, prices.Output);
        Assert.Equal(PerMillion(entry, "cache_read_input_token_cost"), prices.CachedInput);
        Assert.Equal(PerMillion(entry, "cache_creation_input_token_cost"), prices.CacheWrite);
        Assert.Equal(PerMillion(entry, "output_cost_per_reasoning_token"), prices.Reasoning);
        Assert.Equal(entry.TryGetProperty("max_output_tokens", out var max) ? max.GetInt64() : null, model.Version.MaxOutputTokens);
    }

    private static decimal? PerMillion(JsonElement entry, string field) => entry.TryGetProperty(field, out var value)
        ? decimal.Parse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture) * 1_000_000
        : null;
}
