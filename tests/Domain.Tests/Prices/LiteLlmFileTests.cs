using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Prices.Import;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Prices;

/// <summary>The real files of 218 models and of nearly 3,000, which stay in the shared folder.</summary>
public sealed partial class LiteLlmFileTests(ITestOutputHelper output)
{
    [SharedFileFact("litellm-prices.json")]
    public void File_OfRealModels_IsImportedExactly()
    {
        var bytes = File.ReadAllBytes(Repository.SharedFile("litellm-prices.json")!);
        var import = LiteLlmImport.Read(bytes, Book.Noon, Book.Noon, PriceBook.Empty, All);
        using var document = JsonDocument.Parse(bytes);

        Assert.Null(import.Fault);
        Assert.Equal(document.RootElement.EnumerateObject().Select(p => p.Name), import.Models.Select(m => m.Model));
        foreach (var group in import.Models.GroupBy(m => (m.Outcome, m.Reason))) output.WriteLine($"{group.Key}: {group.Count()}");
        foreach (var model in import.Models.Where(m => m.Version is not null)) AssertExact(document.RootElement.GetProperty(model.Model), model);
        AssertKnownModels(import);

        var book = new PriceBook([.. import.Versions]);
        Assert.All(LiteLlmImport.Read(bytes, Book.Noon, Book.Noon, book, All).Of(ImportOutcome.Added), m => Assert.Fail(m.Model));
        Assert.Equal(book.Versions.Length, LiteLlmImport.Read(bytes, Book.Noon, Book.Noon, book, All).Of(ImportOutcome.Unchanged).Count());
    }

    /// <summary>The table that the report of an import sums up: every field that the specification names is taken from every model that is.</summary>
    [SharedFileFact("litellm-prices-full.json")]
    public void FullFile_EveryFieldWithAMeter_IsTaken()
    {
        var bytes = File.ReadAllBytes(Repository.SharedFile("litellm-prices-full.json")!);
        var import = LiteLlmImport.Read(bytes, Book.Noon, Book.Noon, PriceBook.Empty, new ImportAcceptance(PlausiblePrices.Default));
        Assert.Null(import.Fault);
        foreach (var group in import.Models.GroupBy(m => (m.Outcome, m.Reason)).OrderByDescending(g => g.Count())) output.WriteLine($"{group.Key}: {group.Count()}");
        foreach (var group in import.Models.SelectMany(m => m.NotTaken).GroupBy(f => f).OrderByDescending(g => g.Count())) output.WriteLine($"not taken: {group.Key.Field}, {group.Key.Reason}: {group.Count()}");
        Assert.DoesNotContain(import.Models.SelectMany(m => m.NotTaken), f => WithMeter().IsMatch(f.Field) && !f.Reason.Contains("5-minute", StringComparison.Ordinal));
        Assert.Equal(16, import.Of(ImportOutcome.Outlier).Count());
        Assert.All(import.Of(ImportOutcome.Skipped).Where(m => m.Model != "sample_spec"), m => Assert.Equal("has no price that has a meter", m.Reason));
        Assert.InRange(import.Of(ImportOutcome.Added).Count(), 2_700, 2_900);
        Assert.Equal(2, import.Models.SelectMany(m => m.NotTaken).Count(f => f.Reason.Contains("5-minute", StringComparison.Ordinal)));

        var started = Stopwatch.GetTimestamp();
        var all = LiteLlmImport.Read(bytes, Book.Noon, Book.Noon, PriceBook.Empty, All);
        output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
        var book = new PriceBook([.. all.Versions]);
        Assert.All(all.Versions, v => Assert.Empty(v.Prices!.Faults()));
        Assert.Equal(book.Versions.Length, LiteLlmImport.Read(bytes, Book.Noon, Book.Noon, book, All).Of(ImportOutcome.Unchanged).Count());
    }

    /// <summary>The fields of the table in docs/rating.md, section 3.</summary>
    [GeneratedRegex(
        "^((input|output)_cost_per_(token|audio_token|image_token|video_token|request|query|image|second|character|pixel|audio_per_second|video_per_second)"
        + "|cache_read_input(_audio)?_token_cost|input_cost_per_token_cache_hit|cache_creation_input_token_cost(_above_1hr)?|output_cost_per_reasoning_token"
        + "|ocr_cost_per_(page|credit)|annotation_cost_per_page|code_interpreter_cost_per_session)(_above_[0-9]+k_tokens)?(_batches|_flex|_priority)?$"
        + "|^search_context_cost_per_query|^regional_processing_uplift_multiplier_")]
    private static partial Regex WithMeter();

    private static readonly ImportAcceptance All = new(PlausiblePrices.Default, Outliers: true, Free: true);

    private static void AssertKnownModels(PriceImport import)
    {
        var models = import.Models.ToDictionary(m => m.Model);
        Assert.Equal(new RateCard(2, 8, 0.5m).Base.Tokens, models["gpt-4.1"].Version!.Prices!.Base.Tokens);
        Assert.Equal(32_768, models["gpt-4.1"].Version!.MaxOutputTokens);
        var sonnet = new RateCard(3, 15, 0.3m, 3.75m).Base.With(TokenMeter.CacheWrite1h, models["claude-3-7-sonnet-20250219"].Version!.Prices!.Base[TokenMeter.CacheWrite1h]);
        Assert.Equal(sonnet.Tokens, models["claude-3-7-sonnet-20250219"].Version!.Prices!.Base.Tokens);
        Assert.True(import.Of(ImportOutcome.Added).Count() > 150);
        Assert.All(import.Of(ImportOutcome.Added), m => Assert.DoesNotContain(m.Rounded, f => f.Contains("token", StringComparison.Ordinal)));
    }

    private static void AssertExact(JsonElement entry, ImportedModel model)
    {
        var prices = model.Version!.Prices!;
        Assert.Empty(prices.Faults());
        Assert.Equal(PerMillion(entry, "input_cost_per_token"), prices.Input);
        Assert.Equal(PerMillion(entry, "output_cost_per_token") ?? 0, prices.Output ?? 0);
        Assert.Equal(PerMillion(entry, "cache_read_input_token_cost"), prices.Base[TokenMeter.CachedInput]);
        Assert.Equal(PerMillion(entry, "cache_creation_input_token_cost"), prices.Base[TokenMeter.CacheWrite]);
        Assert.Equal(PerMillion(entry, "output_cost_per_reasoning_token"), prices.Base[TokenMeter.Reasoning]);
        Assert.Equal(entry.TryGetProperty("max_output_tokens", out var max) ? max.GetInt64() : null, model.Version.MaxOutputTokens);
    }

    private static decimal? PerMillion(JsonElement entry, string field) => entry.TryGetProperty(field, out var value)
        ? decimal.Parse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture) * 1_000_000
        : null;
}
