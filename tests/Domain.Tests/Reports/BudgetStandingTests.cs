using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Domain.Tests.Reports;

public class BudgetStandingTests
{
    [Theory]
    [InlineData(0, 100, "OK")]
    [InlineData(80, 100, "OK")]
    [InlineData(81, 100, "WARNING")]
    [InlineData(100, 100, "WARNING")]
    [InlineData(101, 100, "OVER BUDGET")]
    [InlineData(0, 0, "OK")]
    [InlineData(1, 0, "OVER BUDGET")]
    [InlineData(9_000_000_000_000_000_000, 9_100_000_000_000_000_000, "WARNING")]
    public void Standing_OfSpend_IsAsFinanceSaysIt(long spent, long limit, string standing) => Assert.Equal(standing, BudgetStanding.Of(new Money(spent), new Money(limit)));

    [Theory]
    [InlineData(31, 100, "high")]
    [InlineData(30, 100, "normal")]
    [InlineData(11, 100, "normal")]
    [InlineData(10, 100, "low")]
    [InlineData(0, 0, "low")]
    public void Mark_OfAPart_IsByItsShare(long part, long whole, string mark) => Assert.Equal(mark, BudgetStanding.MarkOf(new Money(part), new Money(whole)));
}
