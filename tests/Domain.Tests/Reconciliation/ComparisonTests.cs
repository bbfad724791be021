using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reconciliation;

namespace BudgetEngine.Domain.Tests.Reconciliation;

/// <summary>One line and one sum of the ledger: what is told of them.</summary>
public class ComparisonTests
{
    /// <param name="invoiced">Null: the invoice has no such line.</param>
    /// <param name="recorded">Null: the ledger has no such row.</param>
    /// <param name="dearest">What the dearest row of the sum has.</param>
    [Theory]
    [InlineData(1.0, 1.0, 1.0, "matched")]
    [InlineData(1.0, 0.999, 0.999, "matched")]
    [InlineData(0.999, 1.0, 1.0, "matched")]
    [InlineData(1.0, 0.998999999, 0.998999999, "Price 0.001000001 on r")]
    [InlineData(0.998999999, 1.0, 1.0, "Price -0.001000001 on r")]
    [InlineData(0.5, 2.0, 1.4, "Price -1.5 on nothing")]
    [InlineData(0.5, 2.0, 1.5, "Price -1.5 on r")]
    [InlineData(-0.5, 1.0, 1.0, "Price -1.5 on nothing")]
    [InlineData(0.25, null, null, "Missing 0.25 on nothing")]
    [InlineData(0.0, null, null, "matched")]
    [InlineData(null, 0.25, 0.25, "Extra -0.25 on r")]
    [InlineData(null, 0.25, 0.2, "Extra -0.25 on nothing")]
    [InlineData(null, 0.0, 0.0, "")]
    public void Line_AndWhatWasRecorded_AreTold(double? invoiced, double? recorded, double? dearest, string told)
    {
        var comparison = new Comparison(Resolution.Nano, 0.001m, (_, model) => model.ToUpperInvariant());
        if (invoiced is { } cost) Assert.True(comparison.TryAdd(new InvoiceLine(null, null, "p", "Model", (decimal)cost)));
        if (recorded is { } sum) Assert.True(comparison.TryAdd(new RecordedSpend(null, null, "p", "mODEL", 2, Of(sum), new DearestRow("r", "acme", Of(dearest!.Value))), m => Assert.Fail(m.ToString())));

        var mismatches = comparison.End().Select(m => $"{m.Kind} {Resolution.Nano.ToText(m.Amount)} on {m.Correctable?.RequestId ?? "nothing"}").ToList();
        if (comparison.Matched > 0) mismatches.Add("matched");

        Assert.Equal(told, string.Join(", ", mismatches));
    }

    [Fact]
    public void Lines_OfThousands_AddUpExactly()
    {
        var comparison = new Comparison(Resolution.Nano, 0, (_, model) => model);
        for (var i = 0; i < 100_000; i++) Assert.True(comparison.TryAdd(new InvoiceLine("r", null, null, null, 0.000000000001m)));
        Assert.True(comparison.TryAdd(new InvoiceLine("r", null, null, null, 999_999_999.999999900000m)));
        Assert.Equal(1_000_000_000m, comparison.Invoiced);
        Assert.False(comparison.TryAdd(new InvoiceLine("r", null, null, null, 0.000000000001m)));
    }

    [Fact]
    public void Calls_ThatAreNotOnTheInvoice_AreToldAtOnceAndNotKept()
    {
        var comparison = new Comparison(Resolution.Nano, 0, (_, model) => model);
        var extras = new List<Mismatch>();
        for (var i = 0; i < Comparison.MaxGroups + 1; i++) Assert.True(comparison.TryAdd(new RecordedSpend($"r{i}", null, null, "m", 1, new Money(1), new DearestRow($"r{i}", "acme", new Money(1))), extras.Add));
        Assert.Equal((Comparison.MaxGroups + 1, (Int128)Comparison.MaxGroups + 1), (extras.Count, comparison.RecordedNanos));
        Assert.Empty(comparison.End());
    }

    [Fact]
    public void Groups_MoreThanCanBeKept_AreRefused()
    {
        var comparison = new Comparison(Resolution.Nano, 0, (_, model) => model);
        for (var i = 0; i < Comparison.MaxGroups; i++) Assert.True(Add(i));
        Assert.False(Add(Comparison.MaxGroups));

        bool Add(int i) => comparison.TryAdd(new RecordedSpend(null, null, null, $"m{i}", 1, new Money(1), new DearestRow("r", "acme", new Money(1))), _ => { });
    }

    private static Money Of(double units) => Resolution.Nano.TryExact((decimal)units, out var money) ? money : throw new ArgumentOutOfRangeException(nameof(units));
}
