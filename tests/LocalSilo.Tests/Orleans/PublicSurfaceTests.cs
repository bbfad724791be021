using System.Reflection;

namespace BudgetEngine.LocalSilo.Tests;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void PublicSurface_OfLocalSilo_HasNothingThatOrleansLacks()
    {
        var local = PublicSurface.Of([LocalSiloAssembly()]);
        var real = PublicSurface.Of(Directory.GetFiles(AppContext.BaseDirectory, "Orleans.*.dll"));

        Assert.Contains("type Orleans.Grain", local);
        Assert.Contains("type Orleans.Grain", real);
        Assert.Equal("", string.Join("\n", local.Except(real).Order(StringComparer.Ordinal)));
    }

    private static string LocalSiloAssembly() =>
        typeof(PublicSurfaceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "LocalSiloAssembly").Value!;
}
