using BudgetEngine.LocalSilo.Hosting;
using BudgetEngine.LocalSilo.Storage;
using BudgetEngine.LocalSilo.Tests.Semantics;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.LocalSilo.Tests;

/// <summary>LocalSilo with threads.</summary>
public sealed class TestSilo : SiloFixture
{
    private ServiceProvider? _services;

    public override IGrainFactory Grains => Silo;

    public InProcessSilo Silo => _services!.GetRequiredService<InProcessSilo>();

    public override Task InitializeAsync()
    {
        _services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<ILocalGrainStorage, MemoryGrainStorage>()
            .AddLocalSilo(options =>
            {
                options.ResponseTimeout = ResponseTimeout;
                options.AddGrains(typeof(TestSilo).Assembly).AddMemoryStreams(StreamProvider);
            })
            .BuildServiceProvider();
        return Task.CompletedTask;
    }

    public override async Task DisposeAsync() => await _services!.DisposeAsync();
}
