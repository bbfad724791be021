namespace BudgetEngine.Fuzz.Races;

/// <summary>One resource that several administrators change at once.</summary>
internal interface IRacedResource
{
    /// <summary>Makes it, or leaves it unmade: what is there now, as a text that <see cref="RaceStep.Model"/> knows.</summary>
    Task<string?> PrepareAsync(HttpClient admin, Random random);

    RaceStep Next(Random random);

    /// <summary>What is there now.</summary>
    Task<string?> ReadAsync(HttpClient admin);
}
