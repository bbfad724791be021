using BudgetEngine.Domain.Prices;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Prices;

public sealed class PriceBookTests(ITestOutputHelper output)
{
    private static readonly PriceBook Steps = Book.Of(
        Book.Entry("azure/gpt", 1),
        Book.Entry("gpt", 2, aliases: ["azure/mini", "fast"]),
        Book.Entry("other", 3, aliases: ["gpt", "openai/fast"]),
        Book.Entry("openai/dated", 4),
        Book.Entry("dated", 5),
        Book.Entry("dated-20250101", 6),
        Book.Entry("target", 7, aliases: ["old"]),
        Book.Entry("", 8),
        Book.Entry("v", 9));

    [Theory]
    [InlineData("azure", "gpt", 1)]
    [InlineData(null, "azure/gpt", 1)]
    [InlineData("openai", "gpt", 2)]
    [InlineData(null, "gpt", 2)]
    [InlineData("", "gpt", 2)]
    [InlineData(null, "fast", 2)]
    [InlineData("azure", "fast", 2)]
    [InlineData("openai", "fast", 3)]
    [InlineData("azure", "mini", 2)]
    [InlineData(null, "mini", null)]
    [InlineData("azure", "dated-20250219", 5)]
    [InlineData("openai", "dated-20250219", 4)]
    [InlineData(null, "dated-2025-02-19", 5)]
    [InlineData(null, "dated@20250219", 5)]
    [InlineData(null, "dated-20250101", 6)]
    [InlineData(null, "old-20250101", 7)]
    [InlineData(null, "dated-20250231", null)]
    [InlineData(null, "dated-12345678", null)]
    [InlineData(null, "dated-2025021", null)]
    [InlineData(null, "dated-20250219-preview", null)]
    [InlineData(null, "dated20250219", null)]
    [InlineData(null, "dated-19991231", null)]
    [InlineData(null, "dated-21000101", null)]
    [InlineData(null, "v-20250219", 9)]
    [InlineData(null, "-20250219", null)]
    [InlineData(null, "20250219", null)]
    [InlineData(null, "unknown", null)]
    public void Name_LookedUp_GoesThroughTheStepsInOrder(string? provider, string model, int? input) =>
        Assert.Equal(input, Steps.InputOf(provider, model));

    [Fact]
    public void Name_InAnotherCase_IsFoundAfterTheExactOne()
    {
        var book = Book.Of(Book.Entry("DeepSeek-V3", 1, aliases: ["Chat"]), Book.Entry("GPT", 2), Book.Entry("gpt", 3));
        Assert.Equal(1, book.InputOf(null, "deepseek-v3"));
        Assert.Equal(1, book.InputOf(null, "CHAT-20250219"));
        Assert.Equal(2, book.InputOf(null, "GPT"));
        Assert.Equal(3, book.InputOf(null, "gpt"));
    }

    [Fact]
    public void Name_OfAnyLength_IsLookedUpWithoutHarm()
    {
        var huge = new string('x', 1_000_000);
        Assert.Null(Steps.InputOf(huge, huge));
        Assert.Equal(2, Steps.InputOf(huge, "gpt"));
    }

    [Fact]
    public void Version_InForce_IsTheLatestThatIsEffective()
    {
        var book = Book.Of(Book.Entry("m", 3, day: 10), Book.Entry("m", 1, day: -20), Book.Entry("m", 2, day: -10));
        Assert.Null(book.InputOf(null, "m", Book.Noon.AddDays(-20).AddTicks(-1)));
        Assert.Equal(1, book.InputOf(null, "m", Book.Noon.AddDays(-20)));
        Assert.Equal(1, book.InputOf(null, "m", Book.Noon.AddDays(-10).AddTicks(-1)));
        Assert.Equal(2, book.InputOf(null, "m"));
        Assert.Equal(3, book.InputOf(null, "m", Book.Noon.AddDays(10)));
        Assert.Equal(3, book.InputOf(null, "m", DateTimeOffset.MaxValue));
    }

    [Fact]
    public void Version_EnteredLaterForTheSameInstant_SupersedesAndTheOldStaysReadable()
    {
        var book = Book.Of(Book.Entry("m", 2, entry: 9), Book.Entry("m", 1, entry: 3), Book.Entry("n", 5));
        Assert.Equal(2, book.InputOf(null, "m"));
        Assert.Equal([1m, 2m], book.VersionsOf("m").Select(v => v.Prices!.Input!.Value));
        Assert.Equal(3, book.Versions.Length);
        Assert.Equal(["m", "n"], book.InForce(Book.Noon).Select(v => v.Model));
    }

    [Fact]
    public void Version_NotYetStored_SupersedesStoredOnes()
    {
        Assert.Equal(2, Book.Of(Book.Entry("m", 2), Book.Entry("m", 1, entry: 3)).InputOf(null, "m"));
        Assert.Equal(2, Book.Of(Book.Entry("m", 1), Book.Entry("m", 2)).InputOf(null, "m"));
    }

    [Fact]
    public void Deletion_InForce_FallsThroughToTheNextStep()
    {
        var book = Book.Of(
            Book.Entry("openai/m", 1, day: -20), Book.Deletion("openai/m", -10), Book.Entry("openai/m", 4, day: 10),
            Book.Entry("m", 2, day: -20), Book.Deletion("m", -5), Book.Entry("n", 3, aliases: ["m"]));
        Assert.Equal(1, book.InputOf("openai", "m", Book.Noon.AddDays(-11)));
        Assert.Equal(2, book.InputOf("openai", "m", Book.Noon.AddDays(-6)));
        Assert.Equal(3, book.InputOf("openai", "m"));
        Assert.Equal(4, book.InputOf("openai", "m", Book.Noon.AddDays(10)));
        Assert.Equal(["n"], book.InForce(Book.Noon).Select(v => v.Model));
        Assert.Null(book.VersionAt("m", Book.Noon)!.Prices);
    }

    [Fact]
    public void Alias_CountsWhileItsVersionIsInForce()
    {
        var book = Book.Of(Book.Entry("m", 1, day: -20, aliases: ["a"]), Book.Entry("m", 2, day: -10, aliases: ["b"]), Book.Deletion("m", 5));
        Assert.Equal(1, book.InputOf(null, "a", Book.Noon.AddDays(-15)));
        Assert.Null(book.InputOf(null, "b", Book.Noon.AddDays(-15)));
        Assert.Null(book.InputOf(null, "a"));
        Assert.Equal(2, book.InputOf(null, "b"));
        Assert.Null(book.InputOf(null, "b", Book.Noon.AddDays(5)));
    }

    [Fact]
    public void Alias_OfTwoModels_IsThatOfTheLatestEntered()
    {
        var book = Book.Of(Book.Entry("x", 1, entry: 7, aliases: ["a"]), Book.Entry("y", 2, entry: 5, aliases: ["a"]), Book.Entry("z", 3, day: 1, entry: 9, aliases: ["a"]));
        Assert.Equal(1, book.InputOf(null, "a"));
        Assert.Equal(3, book.InputOf(null, "a", Book.Noon.AddDays(1)));
    }

    [Fact]
    public void Price_Found_NamesTheEntryAndItsMaximum()
    {
        var price = Steps.Find(null, "old-2025-02-19", Book.Noon)!;
        Assert.Equal(("target", (long?)8_192), (price.Model, price.MaxOutputTokens));
        Assert.Same(price, Steps.Find(null, "target", Book.Noon));
    }

    [Fact]
    public void LookUp_ThatHits_AllocatesNothing()
    {
        Assert.Equal(0, Allocated.Each(LookUps));

        static void LookUps()
        {
            Steps.Find(null, "gpt", Book.Noon);
            Steps.Find("azure", "gpt", Book.Noon);
            Steps.Find("openai", "dated-20250219", Book.Noon);
            Steps.Find("openai", "FAST", Book.Noon);
        }
    }

    [Fact]
    public void Dearest_AtAnInstant_IsPerTokenAndOfPricesInForce()
    {
        var book = Book.Of(
            new PriceVersion("in", Book.Noon.AddDays(-9), new RateCard(30, 1), null, [], Book.Noon),
            new PriceVersion("out", Book.Noon.AddDays(-9), new RateCard(0.001m, 0.09m, per: 1_000), null, [], Book.Noon),
            Book.Entry("later", 1_000, day: 1), Book.Entry("gone", 1_000, day: -20), Book.Deletion("gone", -10));
        Assert.Equal(new RateCard(0.03m, 0.09m, per: 1_000), Dearest(book, 0));
        Assert.Equal(new RateCard(1_000, 4_000), Dearest(book, 1));
        Assert.Equal(new RateCard(1_000, 4_000), Dearest(book, -15));
        Assert.Null(Dearest(book, -99));
        Assert.Null(Dearest(PriceBook.Empty, 0));

        static RateCard? Dearest(PriceBook book, int day) => book.Dearest(Book.Noon.AddDays(day), PlausiblePrices.Default);
    }

    [Fact]
    public void Book_OfRandomVersions_FindsWhatASearchOfTheListFinds()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < 300; run++)
        {
            var versions = Enumerable.Range(1, random.Next(1, 25)).Select(entry => random.Next(5) == 0
                ? Book.Deletion($"m{random.Next(3)}", random.Next(-6, 6), entry)
                : Book.Entry($"m{random.Next(3)}", entry, random.Next(-6, 6), entry)).ToArray();
            var shuffled = versions.ToArray();
            random.Shuffle(shuffled);
            var book = new PriceBook(shuffled);
            for (var day = -7; day <= 7; day++)
            {
                var at = Book.Noon.AddDays(day);
                var expected = Enumerable.Range(0, 3).Select(m => versions
                    .Where(v => v.Model == $"m{m}" && v.EffectiveFrom <= at).MaxBy(v => (v.EffectiveFrom, v.Entry))?.Prices).ToArray();
                for (var m = 0; m < 3; m++) Assert.Equal(expected[m]?.Input, book.InputOf(null, $"m{m}", at));
                Assert.Equal(expected.Max(p => p?.Input), book.Dearest(at, PlausiblePrices.Default)?.Input);
                Assert.Equal(expected.Max(p => p?.Output), book.Dearest(at, PlausiblePrices.Default)?.Output);
            }
        }
    }
}
