using System.Text;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Prices.Import;
using BudgetEngine.Domain.Usage;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Prices;

public sealed class LiteLlmImportTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset From = Book.Noon;
    private static readonly DateTimeOffset Now = Book.Noon.AddHours(1);

    [Fact]
    public void Entry_WithTokenPrices_IsAddedPerMillion()
    {
        var model = Single("""
            { "gpt-4.1": { "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06, "cache_read_input_token_cost": 5e-07, "cache_creation_input_token_cost": "2.5E-6",
              "output_cost_per_reasoning_token": 0.00001, "max_output_tokens": 32768, "max_tokens": 1, "mode": "chat", "litellm_provider": "openai", "supports_vision": true } }
            """);
        Assert.Equal(ImportOutcome.Added, model.Outcome);
        Assert.Equal(new RateCard(2, 8, 0.5m, 2.5m, 10), model.Version!.Prices);
        Assert.Equal(("gpt-4.1", From, (long?)32_768, Now, 0L), (model.Version.Model, model.Version.EffectiveFrom, model.Version.MaxOutputTokens, model.Version.EnteredAt, model.Version.Entry));
        Assert.Empty(model.NotTaken);
        Assert.Empty(model.Rounded);
        Assert.Empty(model.Version.Prices!.Faults());
    }

    [Theory]
    [InlineData("1e-07", "0.1")]
    [InlineData("5.46875e-07", "0.546875")]
    [InlineData("0", "0")]
    [InlineData("0.0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("3E-6", "3")]
    [InlineData("3e+0", "3000000")]
    [InlineData("0.0000025", "2.5")]
    [InlineData("1.5e-05", "15")]
    [InlineData("1e-24", "0.000000000000000001")]
    [InlineData("\"3e-7\"", "0.3")]
    [InlineData("0.000000000000000000000000000000000000000000e5", "0")]
    [InlineData("0e-999", "0")]
    public void Price_InAnyNotation_IsReadExactly(string number, string perMillion)
    {
        var model = Single(Chat(number));
        Assert.Equal(perMillion, (model.Version!.Prices!.Input!.Value / 1.0000000000000000000000000000m).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Empty(model.Rounded);
    }

    [Fact]
    public void Price_WithMoreThanEighteenDecimals_IsRoundedUpAndNamed()
    {
        var model = Single(Chat("1.6666666666666667000001e-06"));
        Assert.Equal(1.666666666666666701m, model.Version!.Prices!.Input);
        Assert.Equal(["input_cost_per_token"], model.Rounded.ToArray());
        Assert.Equal(0.000000000000000001m, Single(Chat("1e-999")).Version!.Prices!.Input);
    }

    [Theory]
    [InlineData("-1e-06", "input_cost_per_token is negative")]
    [InlineData("\"\"", "input_cost_per_token is not a number")]
    [InlineData("\"free\"", "input_cost_per_token is not a number")]
    [InlineData("\"1,5\"", "input_cost_per_token is not a number")]
    [InlineData("\"1.\"", "input_cost_per_token is not a number")]
    [InlineData("\"--1\"", "input_cost_per_token is not a number")]
    [InlineData("\"1-\"", "input_cost_per_token is not a number")]
    [InlineData("\"1e\"", "input_cost_per_token is not a number")]
    [InlineData("\"NaN\"", "input_cost_per_token is not a number")]
    [InlineData("\"\\ud800\"", "input_cost_per_token is not a number")]
    [InlineData("true", "input_cost_per_token is not a number")]
    [InlineData("[]", "input_cost_per_token is not a number")]
    [InlineData("{}", "input_cost_per_token is not a number")]
    [InlineData("1e999999999999", "input_cost_per_token is not a number")]
    [InlineData("1e999", "input_cost_per_token is more than 1000000000 per 1,000,000 tokens")]
    [InlineData("1000.000000000000001", "input_cost_per_token is more than 1000000000 per 1,000,000 tokens")]
    [InlineData("null", "has no input_cost_per_token")]
    public void Price_ThatIsNone_SkipsTheModelSayingWhy(string number, string reason) => AssertSkipped(reason, Chat(number));

    [Theory]
    [InlineData("""{ "m": 1 }""", "is not an object")]
    [InlineData("""{ "m": null }""", "is not an object")]
    [InlineData("""{ "m": {} }""", "has no price that has a meter")]
    [InlineData("""{ "m": { "input_cost_per_token": 1e-6 } }""", "has no output_cost_per_token")]
    [InlineData("""{ "m": { "input_cost_per_token": 1e-6, "input_cost_per_token": 2e-6 } }""", "names input_cost_per_token twice")]
    [InlineData("""{ "m": { "\ud800": 1 } }""", "has a field whose name is not readable")]
    [InlineData("""{ "m": { "mode": 7 } }""", "has a mode that is not a text")]
    [InlineData("""{ "m": { "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6, "cache_read_input_token_cost": "?" } }""", "cache_read_input_token_cost is not a number")]
    [InlineData("""{ "m": {}, "m": {} }""", "is in the document more than once")]
    [InlineData("""{ "sample_spec": { "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6 } }""", "explains the format and is no model")]
    [InlineData("""{ "": {} }""", "has a name that is not 1 to 256 characters long")]
    [InlineData("""{ "a\nb": {} }""", "has a control character in its name")]
    [InlineData("""{ "\udc00": {} }""", "has a name that is not readable")]
    public void Entry_Malformed_IsSkippedSayingWhy(string document, string reason) => AssertSkipped(reason, document);

    [Theory]
    [InlineData("chat")]
    [InlineData("completion")]
    [InlineData("responses")]
    [InlineData(null)]
    public void Mode_OfText_IsTaken(string? mode)
    {
        var named = mode is null ? "" : $"\"mode\": \"{mode}\", ";
        Assert.Equal(new RateCard(1, 2), Single($$"""{ "m": { {{named}}"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6 } }""").Version!.Prices);
    }

    [Theory]
    [InlineData("embedding")]
    [InlineData("moderation")]
    public void Mode_WithoutOutput_IsTakenWithOutputForNothing(string mode) =>
        Assert.Equal(new RateCard(1, 0), Single($$"""{ "m": { "mode": "{{mode}}", "input_cost_per_token": 1e-6 } }""").Version!.Prices);

    [Fact]
    public void Fields_WithoutAPlace_AreNamedAndTheOthersAreNot()
    {
        var model = Single("""
            { "m": { "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "citation_cost_per_token": 2e-6, "cache_creation_input_audio_token_cost": 1e-5, "input_dbu_cost_per_token": 1,
              "tiered_pricing": [{ "input_cost_per_query": 1, "max_results_range": [0, 25] }], "provider_specific_entry": { "fast": 6, "schema": "v2" }, "output_cost_per_image": null,
              "output_cost_per_second_1080p": 1.1, "off_peak_pricing": {}, "input_cost_per_token_flex": -1, "input_cost_per_video_per_second_above_8s_interval": 1, "max_input_tokens": 10,
              "file_search_cost_per_1k_calls": 1, "new_cost_of_theirs": 1, "supports_vision": true, "source": "https://example.com/pricing", "max_output_tokens": "many" } }
            """);
        Assert.Equal(
            [
                "citation_cost_per_token: citations are not counted", "cache_creation_input_audio_token_cost: audio that is written to a cache is not counted apart",
                "input_dbu_cost_per_token: is not a price in money", "tiered_pricing: has tiers that are not of input tokens, or prices that are none",
                "provider_specific_entry.fast: speeds are not told apart", "output_cost_per_second_1080p: resolutions are not told apart",
                "off_peak_pricing: times of day are not told apart", "input_cost_per_token_flex: is negative",
                "input_cost_per_video_per_second_above_8s_interval: lengths are not told apart", "file_search_cost_per_1k_calls: searches of files are not counted",
                "new_cost_of_theirs: has no meter", "max_output_tokens: is not a whole number",
            ],
            model.NotTaken.Select(f => $"{f.Field}: {f.Reason}"));
        Assert.Equal(new RateCard(1, 2), model.Version!.Prices);
        Assert.Null(model.Version!.MaxOutputTokens);
    }

    [Fact]
    public void Fields_OfEveryMeterAndLayer_AreTaken()
    {
        var model = Single("""
            { "m": { "input_cost_per_token": 1e-6, "output_cost_per_token": "2e-6", "input_cost_per_token_cache_hit": 1e-7, "cache_creation_input_token_cost": 1.25e-6,
              "cache_creation_input_token_cost_above_1hr": 2e-6, "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 4e-6, "cache_creation_input_token_cost_above_200k_tokens": 2.5e-6,
              "input_cost_per_token_above_200k_tokens": 2e-6, "input_cost_per_token_batches": 5e-7, "output_cost_per_token_flex": 1e-6, "input_cost_per_token_above_200k_tokens_priority": 4e-6,
              "input_cost_per_audio_token": 1e-5, "cache_read_input_audio_token_cost": 1e-6, "output_cost_per_audio_token": 2e-5, "output_cost_per_image": 0.04, "ocr_cost_per_page": 0.003,
              "output_cost_per_video_per_second": 0.1, "search_context_cost_per_query": { "search_context_size_low": 0.01, "search_context_size_medium": 0.02 },
              "tiered_pricing": [{ "range": [0, 32000.0], "input_cost_per_token": 9 }, { "range": [32000.0, 64000], "input_cost_per_token": 3e-6 }],
              "provider_specific_entry": { "us": 1.1 }, "regional_processing_uplift_multiplier_eu": 1.2, "max_output_tokens": 2000000.0, "mode": "realtime" } }
            """);
        Assert.Empty(model.NotTaken);
        Assert.Equal(2_000_000, model.Version!.MaxOutputTokens);
        Assert.True(model.Version.Imported);
        var expected = new RateCard(new Rates(
            [
                new(TokenMeter.Input, 1), new(TokenMeter.CachedInput, 0.1m), new(TokenMeter.CacheWrite, 1.25m), new(TokenMeter.CacheWrite1h, 2), new(TokenMeter.AudioInput, 10),
                new(TokenMeter.CachedAudioInput, 1), new(TokenMeter.Output, 2), new(TokenMeter.AudioOutput, 20),
            ],
            [new("output_image", 0.04m), new("output_video_second", 0.1m), new("page", 0.003m), new("web_search", 0.02m), new("web_search_low", 0.01m), new("web_search_medium", 0.02m)]))
        {
            ContextTiers =
            [
                new(32_000, new Rates([new(TokenMeter.Input, 3)], [])),
                new(200_000, new Rates([new(TokenMeter.Input, 2), new(TokenMeter.CacheWrite, 2.5m), new(TokenMeter.CacheWrite1h, 4)], [])),
            ],
            ServiceTiers =
            [
                new("batch", new Rates([new(TokenMeter.Input, 0.5m)], []), []), new("flex", new Rates([new(TokenMeter.Output, 1)], []), []),
                new("priority", Rates.None, [new(200_000, new Rates([new(TokenMeter.Input, 4)], []))]),
            ],
            Multipliers = [new("eu", 1.2m), new("us", 1.1m)],
        };
        Assert.Equal(expected, model.Version.Prices);
    }

    [Theory]
    [InlineData("6e-6", false)]
    [InlineData("5e-6", true)]
    [InlineData("1.25e-6", true)]
    [InlineData("1.2e-6", false)]
    public void HourWrite_FarFromTheShortOne_IsLeftOut(string hour, bool taken)
    {
        var model = Single($$"""{ "m": { "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "cache_creation_input_token_cost_above_1hr": {{hour}}, "cache_creation_input_token_cost": 1.25e-6 } }""");
        Assert.Equal(taken, model.Version!.Prices!.Base[TokenMeter.CacheWrite1h] is not null);
        Assert.Equal(taken ? 0 : 1, model.NotTaken.Length);
    }

    [Fact]
    public void Models_OfAbsurdOrNoPrice_AreApartUnlessAccepted()
    {
        const string document = """
            { "absurd": { "input_cost_per_token": 0.000201, "output_cost_per_token": 1e-6 }, "free": { "input_cost_per_token": 0, "output_cost_per_token": 0 },
              "dear": { "input_cost_per_token": 0.0002, "output_cost_per_token": 0.001 } }
            """;
        var apart = LiteLlmImport.Read(Encoding.UTF8.GetBytes(document), From, Now, PriceBook.Empty, new ImportAcceptance(PlausiblePrices.Default));
        Assert.Equal([ImportOutcome.Outlier, ImportOutcome.Free, ImportOutcome.Added], apart.Models.Select(m => m.Outcome));
        Assert.Equal(["dear"], apart.Versions.Select(v => v.Model));

        var book = new PriceBook([.. Read(document).Versions]);
        Assert.Equal(3, book.Versions.Length);
        var again = LiteLlmImport.Read(Encoding.UTF8.GetBytes(document), From, Now, book, new ImportAcceptance(PlausiblePrices.Default));
        Assert.All(again.Models, m => Assert.Equal(ImportOutcome.Unchanged, m.Outcome));

        // What nobody has looked at does not become the price of every unknown model; what a person has entered does.
        Assert.Equal(new RateCard(200, 1_000), book.Dearest(From, PlausiblePrices.Default));
        var byHand = new PriceBook([.. book.Versions, new PriceVersion("own", From, new RateCard(5_000, 1), null, [], Now)]);
        Assert.Equal(new RateCard(5_000, 1_000), byHand.Dearest(From, PlausiblePrices.Default));
    }

    /// <summary>A price so small that a few tokens round to nothing is no free model: its check still holds a nano-unit.</summary>
    [Fact]
    public void Price_TooSmallForOneToken_IsExactAndNotFree()
    {
        var model = Single("""{ "zz/tiny": { "input_cost_per_token": 1.3e-10, "output_cost_per_token": 1.3e-10, "mode": "chat" } }""");
        var card = model.Version!.Prices!;
        Assert.Equal(new RateCard(0.00013m, 0.00013m), card);
        Assert.Equal((Money.Zero, new Money(260)), (Rating.Cost(Resolution.Nano, card, new TokenCounts(3, 0, 0, 0, 0)), Rating.Cost(Resolution.Nano, card, new TokenCounts(1_000, 0, 0, 1_000, 0))));
        Assert.Equal(new Money(1), Rating.Estimate(Resolution.Nano, card, new TokenCounts(3, 0, 0, 3, 0), default));
        Assert.False(card.IsFree);
    }

    [Fact]
    public void Key_WithAProvider_StaysTheNameAndIsFoundByIt()
    {
        var import = Read("""{ "azure/gpt": { "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6 }, "gpt": { "input_cost_per_token": 3e-6, "output_cost_per_token": 2e-6 } }""");
        var book = new PriceBook([.. import.Versions]);
        Assert.Equal((1m, 3m), (book.InputOf("azure", "gpt"), book.InputOf("openai", "gpt")));
    }

    [Fact]
    public void Model_InTheBook_IsComparedWithTheVersionInForce()
    {
        var book = Book.Of(
            Book.Entry("same", 1), Book.Entry("dearer", 9), Book.Entry("dearer", 1, day: 5), Book.Entry("gone", 1), Book.Deletion("gone", -1),
            Book.Entry("short", 1) with { MaxOutputTokens = 5 }, Book.Entry("kept", 2, aliases: ["nick"]), Book.Entry("absent", 1),
            new PriceVersion("thousand", From.AddDays(-9), new RateCard(0.001m, 0.004m, per: 1_000), 8_192, [], Now));
        var import = Read($$"""{ "same": {{Entry}}, "dearer": {{Entry}}, "gone": {{Entry}}, "short": {{Entry}}, "kept": {{Entry}}, "thousand": {{Entry}}, "new": {{Entry}} }""", book);

        Assert.Equal(["gone", "new"], import.Of(ImportOutcome.Added).Select(m => m.Model));
        Assert.Equal(["dearer", "short", "kept"], import.Of(ImportOutcome.Changed).Select(m => m.Model));
        Assert.Equal(["same", "thousand"], import.Of(ImportOutcome.Unchanged).Select(m => m.Model));
        Assert.Equal(["dearer", "gone", "short", "kept", "new"], import.Versions.Select(v => v.Model));
        Assert.Equal(9, import.Models.Single(m => m.Model == "dearer").Previous!.Prices!.Input);
        Assert.Equal(["nick"], import.Models.Single(m => m.Model == "kept").Version!.Aliases.ToArray());
    }

    [Fact]
    public void Import_Repeated_ChangesNothing()
    {
        var document = $$"""{ "a": {{Entry}}, "b": { "mode": "embedding", "input_cost_per_token": 1.23456789e-7 } }""";
        var book = new PriceBook([.. Read(document).Versions]);
        Assert.All(Read(document, book).Models, m => Assert.Equal(ImportOutcome.Unchanged, m.Outcome));
    }

    [Fact]
    public void Maximum_ThatTheDocumentLacks_StaysAsEntered()
    {
        var book = Book.Of(Book.Entry("m", 9));
        Assert.Equal(8_192, Read("""{ "m": { "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6 } }""", book).Models[0].Version!.MaxOutputTokens);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{ \"m\": { \"input_cost_per_token\": 1e-6, } }")]
    [InlineData("{} {}")]
    [InlineData("{ \"m\": 01 }")]
    public void Document_NotJson_IsAFaultWithItsPlace(string document) => Assert.StartsWith("The document is not JSON: line ", Read(document).Fault, StringComparison.Ordinal);

    [Fact]
    public void Document_NestedTooDeep_IsToldSo() =>
        Assert.Equal("The document is nested deeper than 64 levels.", Read(string.Concat(Enumerable.Repeat("{\"m\":", 65)) + "1" + new string('}', 65)).Fault);

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    public void Document_NotAnObject_IsAFault(string document) => Assert.Equal("The document is not an object of models.", Read(document).Fault);

    [Fact]
    public void Document_WithTooManyModels_IsAFault()
    {
        var document = "{" + string.Join(',', Enumerable.Range(0, LiteLlmImport.MaxModels + 1).Select(i => $"\"m{i}\":{{}}")) + "}";
        Assert.Equal("The document has more than 20000 models.", Read(document).Fault);
    }

    [Fact]
    public void Document_TooDeep_IsAFaultAndNotACrash() => Assert.NotNull(Read(new string('[', 100_000)).Fault);

    [Fact]
    public void Document_WithAByteOrderMark_IsRead() => Assert.Null(Read("\uFEFF{}").Fault);

    [Fact]
    public void Document_WithRandomBytesChanged_NeverThrowsAndNeverGivesABadPrice()
    {
        var random = Seed.NewRandom(output);
        var original = Encoding.UTF8.GetBytes($$"""{ "a": {{Entry}}, "vertex_ai/b@20250219": { "mode": "embedding", "input_cost_per_token": "1.2e-7", "tiered_pricing": [{ "range": [0, 1] }] } }""");
        for (var run = 0; run < 20_000; run++)
        {
            var bytes = original.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"{}[]\",:\\u0dDe-+.19"[random.Next(18)];
            }

            var import = LiteLlmImport.Read(bytes, From, Now, PriceBook.Empty, All);
            Assert.All(import.Versions, v => Assert.Empty(v.Prices!.Faults()));
            Assert.All(import.Models, m => Assert.Equal(m.Outcome == ImportOutcome.Skipped, m.Reason is not null));
        }
    }

    private const string Entry = """{ "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 4e-06, "max_output_tokens": 8192 }""";

    private static string Chat(string input) => $$"""{ "m": { "mode": "chat", "input_cost_per_token": {{input}}, "output_cost_per_token": 1e-06 } }""";

    private static PriceImport Read(string document, PriceBook? book = null) =>
        LiteLlmImport.Read(Encoding.UTF8.GetBytes(document), From, Now, book ?? PriceBook.Empty, All);

    private static readonly ImportAcceptance All = new(PlausiblePrices.Default, Outliers: true, Free: true);

    private static ImportedModel Single(string document) => Assert.Single(Read(document).Models);

    private static void AssertSkipped(string reason, string document)
    {
        var model = Single(document);
        Assert.Equal((ImportOutcome.Skipped, reason), (model.Outcome, model.Reason));
        Assert.Null(model.Version);
    }
}
