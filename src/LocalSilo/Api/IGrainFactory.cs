namespace Orleans;

/// <summary>Makes references to grains; a reference is cheap and never out of date.</summary>
public interface IGrainFactory
{
    /// <summary>A reference to the grain with this key; nothing is activated before the first call.</summary>
    /// <param name="primaryKey">The key of the grain.</param>
    /// <param name="grainClassNamePrefix">Tells grain classes apart that implement the same interface.</param>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;
}
