namespace BudgetEngine.Fuzz.Running;

/// <summary>Many at once, or one alone.</summary>
internal sealed class Turnstile(int most)
{
    private readonly SemaphoreSlim _places = new(most);
    private readonly SemaphoreSlim _alone = new(1);

    public async Task EnterAsync() => await _places.WaitAsync();

    public void Leave() => _places.Release();

    public async Task EnterAloneAsync()
    {
        await _alone.WaitAsync();
        for (var i = 0; i < most; i++) await _places.WaitAsync();
        _alone.Release();
    }

    public void LeaveAlone() => _places.Release(most);
}
