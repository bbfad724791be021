using BudgetEngine.Domain.Denials;

namespace BudgetEngine.Domain.Tests.Denials;

public class DenialSamplingTests
{
    [Theory]
    [InlineData(0, 100_000, 0)]
    [InlineData(10, 5, 5)]
    [InlineData(10, 10, 10)]
    [InlineData(10, 109, 10)]
    [InlineData(10, 110, 11)]
    [InlineData(10, 1_010, 20)]
    [InlineData(10, 1_000_000, 20)]
    public void AMinute_OfSoManyDenials_KeepsTheFirstAndOneOfAHundred(int perMinute, int denials, int kept)
    {
        var sampling = new DenialSampling(perMinute);

        var numbers = Enumerable.Range(1, denials).Where(n => sampling.IsKept(n)).ToList();

        Assert.Equal(kept, numbers.Count);
        Assert.Equal(Math.Min(perMinute, denials), numbers.Count(n => sampling.IsWhole(n)));
        Assert.All(numbers.Where(n => !sampling.IsWhole(n)), n => Assert.Equal(0, (n - perMinute) % DenialSampling.OneOf));
    }
}
