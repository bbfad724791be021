using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Micro;

/// <summary>LocalSilo with threads.</summary>
internal sealed class GrainHost
{
    private ServiceProvider? _services;

    public Task<IGrainFactory> StartAsync()
    {
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLocalSilo(options => options.AddGrains(typeof(GrainHost).Assembly)).BuildServiceProvider();
        return Task.FromResult(_services.GetRequiredService<IGrainFactory>());
    }

    public async Task StopAsync() => await _services!.DisposeAsync();
}
