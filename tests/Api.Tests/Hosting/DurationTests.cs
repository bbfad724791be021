using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Usage;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.Silo.Configuration;
using BudgetEngine.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Tests.Hosting;

/// <summary>Durations as people write them, in every setting that is one.</summary>
public sealed class DurationTests
{
    [Theory]
    [InlineData("150ms", "00:00:00.1500000")]
    [InlineData("5s", "00:00:05")]
    [InlineData("0.5s", "00:00:00.5000000")]
    [InlineData("10m", "00:10:00")]
    [InlineData("2h", "02:00:00")]
    [InlineData("90d", "90.00:00:00")]
    [InlineData("1h30m", "01:30:00")]
    [InlineData("90D", "90.00:00:00")]
    [InlineData("00:00:05", "00:00:05")]
    [InlineData("1.00:00:00", "1.00:00:00")]
    [InlineData(" 5s ", "00:00:05")]
    public void Duration_InAnyForm_IsRead(string text, string time)
    {
        Assert.True(Durations.TryParse(text, out var read));
        Assert.Equal(time, read.ToString("c"));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("5y")]
    [InlineData("-5s")]
    [InlineData("1.2.3s")]
    [InlineData("5s5")]
    [InlineData("99999999999999999999999d")]
    [InlineData("1:2:3:4:5")]
    public void Duration_WithoutAUnitOrOutOfAllBounds_IsNone(string text) => Assert.False(Durations.TryParse(text, out _));

    [Fact]
    public void Setting_WithAUnit_IsBoundAndJudgedByItsRange()
    {
        using var data = new TemporaryFolder();
        using var host = BudgetHost.Build([$"--Ledger:DataDirectory={data.Path}", "--Ledger:OutageGrace=7s", "--Check:Deadline=120ms", "--Usage:Retention=30d", "--Cluster:IdleAfter=3m"]);
        var services = host.Services;

        Assert.Equal(TimeSpan.FromSeconds(7), services.GetRequiredService<IOptions<LedgerWriterOptions>>().Value.OutageGrace);
        Assert.Equal(TimeSpan.FromMilliseconds(120), services.GetRequiredService<IOptions<CheckOptions>>().Value.Deadline);
        Assert.Equal(TimeSpan.FromDays(30), services.GetRequiredService<IOptions<UsageOptions>>().Value.Retention);
        Assert.Equal(TimeSpan.FromMinutes(3), services.GetRequiredService<ClusterSettings>().IdleAfter);
    }

    [Theory]
    [InlineData("Ledger:PostDeadline", "10")]
    [InlineData("Cluster:ResponseTimeout", "10")]
    public void Setting_ThatIsABareNumber_IsRefusedWithAnExample(string key, string value)
    {
        using var data = new TemporaryFolder();
        var fault = Assert.Throws<OptionsValidationException>(() => BudgetHost.Build([$"--Ledger:DataDirectory={data.Path}", $"--{key}={value}"]));
        Assert.Contains($"{key} is '{value}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("5s", fault.Message, StringComparison.Ordinal);
    }

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("budget-durations-");

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
