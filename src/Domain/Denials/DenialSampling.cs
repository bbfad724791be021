namespace BudgetEngine.Domain.Denials;

/// <summary>
/// Which denials of one tenant and minute are kept: the first so many, then one of a hundred, until as many again are kept. The rest is only counted, so that a caller that is denied in a
/// loop fills no disk.
/// </summary>
/// <param name="PerMinute">How many are kept whole; 0: none.</param>
public readonly record struct DenialSampling(int PerMinute)
{
    /// <summary>Beyond <see cref="PerMinute"/> one of so many is kept.</summary>
    public const int OneOf = 100;

    /// <param name="number">1 for the first denial of the minute.</param>
    public bool IsWhole(long number) => number <= PerMinute;

    /// <param name="number">1 for the first denial of the minute.</param>
    public bool IsKept(long number) => IsWhole(number) || ((number - PerMinute) % OneOf == 0 && (number - PerMinute) / OneOf <= PerMinute);
}
