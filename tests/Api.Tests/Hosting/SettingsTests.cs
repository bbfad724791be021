using System.ComponentModel.DataAnnotations;
using System.Reflection;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Api.Http;
using BudgetEngine.Gateway.Configuration;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.Silo.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Tests.Hosting;

/// <summary>What is configured is a setting of the engine, or somebody else's: nothing in between.</summary>
public class SettingsTests
{
    [Theory]
    [InlineData("Alerts:DashboardUrl", "https://x.example")]
    [InlineData("alerts:dashboardurl", "https://x.example")]
    [InlineData("CostCenters:MaxNewPerMinute", "20")]
    [InlineData("Cluster:PlacementSegments", "3")]
    [InlineData("Migrate:AtStart", "false")]
    [InlineData("Smtp:Security", "StartTls")]
    [InlineData("Ledger:PostDeadline", "00:00:03")]
    [InlineData("AutoCreateTenants", "")]
    [InlineData("Currency", "EUR")]
    [InlineData("Currency:Decimals", "5")]
    [InlineData("Logging:LogLevel:Default", "Trace")]
    [InlineData("Kestrel:Limits:MaxRequestBodySize", "1")]
    [InlineData("Gateway:Upstreams:openai:BaseUrl", "https://api.openai.com/v1")]
    [InlineData("Gateway:Upstreams:any-name:Format", "anthropic")]
    [InlineData("Gateway:OnOutage", "openUpTo")]
    [InlineData("URL", "x")]
    [InlineData("API_PORT", "tcp://10.0.0.1:80")]
    [InlineData("Usage", "of something else")]
    public void Setting_OfOursOrOfOthers_IsTaken(string key, string value) => Settings.Check(Of((key, value)));

    [Theory]
    [InlineData("Alerts:Xyz", "Alerts:Xyz is unknown; there are ")]
    [InlineData("Alerts:DashboardURL2", "Alerts:DashboardURL2 is unknown; did you mean Alerts:DashboardUrl?")]
    [InlineData("Ledger:DashboardUrl", "Ledger:DashboardUrl is unknown; did you mean Alerts:DashboardUrl?")]
    [InlineData("Gateway:Upstreams:openai:BaseUrls", "Gateway:Upstreams:openai:BaseUrls is unknown; an upstream has BaseUrl, ApiKey, Format, such as")]
    [InlineData("Gateway:Upstreams:openai", "Gateway:Upstreams:openai is unknown; an upstream has")]
    [InlineData("Ledger:Postgres:Host", "Ledger:Postgres:Host is unknown; there are ")]
    [InlineData("Key:Open", "Key:Open is unknown; did you mean Keys:Open?")]
    [InlineData("Curency", "Curency is unknown; did you mean Currency?")]
    [InlineData("Keys:AdminKey", "Keys:AdminKey is unknown; did you mean BUDGET_ADMIN_KEY?")]
    [InlineData("Alerts:Currency", "Alerts:Currency is unknown; did you mean Currency?")]
    [InlineData("Currency:Decimal", "Currency:Decimal is unknown; did you mean Currency:Decimals?")]
    public void Setting_ThatIsUnknown_IsNamedWithTheNearest(string key, string says) => Assert.StartsWith(says, Assert.Single(FaultsOf((key, "1"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Smtp:Security", "ssl", "Smtp:Security is 'ssl'; it can be none, starttls or tls")]
    [InlineData("Smtp:Security", "7", "Smtp:Security is '7'; it can be none, starttls or tls")]
    [InlineData("Smtp:Port", "many", "Smtp:Port is 'many'; it is a whole number")]
    [InlineData("Metrics:Public", "yes", "Metrics:Public is 'yes'; it is true or false")]
    [InlineData("Metrics:Public", "", "Metrics:Public is ''; it is true or false")]
    [InlineData("AutoCreateTenants", "yes", "AutoCreateTenants is 'yes'; it is true or false")]
    [InlineData("Migrate:AtStart", "no", "Migrate:AtStart is 'no'; it is true or false")]
    [InlineData("Gateway:Upstreams:openai:Format", "gemini", "Gateway:Upstreams:openai:Format is 'gemini'; it can be openai or anthropic")]
    [InlineData("Ledger:PostDeadline", "3 s", "Ledger:PostDeadline is '3 s'; it is a time such as 150ms, 5s, 10m, 2h, 90d or 00:00:10")]
    [InlineData("Ledger:ConnectTimeout", "3", "Ledger:ConnectTimeout is '3'; it is a time such as 150ms, 5s, 10m, 2h, 90d or 00:00:10")]
    [InlineData("Alerts:SpikeFloor", "ten", "Alerts:SpikeFloor is 'ten'; it is a number")]
    public void Setting_OfAnotherKind_IsToldWhatItCanBe(string key, string value, string says) => Assert.Equal([says], FaultsOf((key, value)));

    [Theory]
    [InlineData("Ledger:OutageGrace", "00:00:01", "Ledger:OutageGrace is '00:00:01'; it is 00:00:02 to 01:00:00")]
    [InlineData("Ledger:PostDeadline", "-00:00:03", "Ledger:PostDeadline is '-00:00:03'; it is 00:00:01 to 00:01:00")]
    [InlineData("Ledger:MaxBatch", "0", "Ledger:MaxBatch is '0'; it is 1 to 100000")]
    [InlineData("Ledger:ConnectTimeout", "3h", "Ledger:ConnectTimeout is '3h'; it is 00:00:01 to 00:01:00")]
    [InlineData("Alerts:SpikeFloor", "-1", "Alerts:SpikeFloor is '-1'; it is 0 to 10000000000000")]
    public void Setting_OutOfItsRange_IsToldTheRange(string key, string value, string says) => Assert.Equal([says], FaultsOf((key, value)));

    [Theory]
    [InlineData("Ledger:OutageGrace", "00:00:02", "Ledger:LeaseInterval", "00:00:01.100", "Ledger:LeaseInterval (00:00:01.1000000) is more than half of Ledger:OutageGrace (00:00:02)")]
    [InlineData("Ledger:RetryAfter", "00:00:02", "Ledger:RetryAtMost", "00:00:01", "Ledger:RetryAfter (00:00:02) is longer than Ledger:RetryAtMost (00:00:01)")]
    [InlineData("Ledger:NotifyTimeout", "00:00:05", "Ledger:PostDeadline", "00:00:03", "Ledger:NotifyTimeout (00:00:05) is longer than Ledger:PostDeadline (00:00:03)")]
    [InlineData("Ledger:ConnectTimeout", "00:00:20", "Currency", "EUR", "Ledger:ConnectTimeout (00:00:20) is longer than Ledger:CommandTimeout (00:00:10)")]
    [InlineData("Gateway:DrainWithin", "00:00:30", "Currency", "EUR", "Gateway:DrainWithin (00:00:30) and Ledger:DrainWithin (00:00:20) are together more than the 45 s that a stop may take")]
    public void Settings_ThatDoNotGoTogether_AreNamedBoth(string key, string value, string otherKey, string otherValue, string says) =>
        Assert.StartsWith(says, Assert.Single(FaultsOf((key, value), (otherKey, otherValue))), StringComparison.Ordinal);

    [Fact]
    public void Faults_OfRangesAndOfPairs_AreToldTogether() => Assert.Equal(
        3, FaultsOf(("Ledger:MaxBatch", "0"), ("Ledger:RetryAfter", "00:00:02"), ("Ledger:OutageGrace", "1.00:00:00")).Count());

    [Fact]
    public void Durations_All_HaveARange()
    {
        var classes = new[] { typeof(ApiOptions), typeof(AlertChannelOptions), typeof(LedgerWriterOptions), typeof(LedgerOptions), typeof(NewNodeOptions), typeof(GatewayOptions) }
            .SelectMany(t => t.Assembly.GetTypes()).Where(t => SectionOf(t) is not null).Distinct();
        var durations = classes.SelectMany(c => c.GetProperties()).Where(p => p.CanWrite && p.PropertyType == typeof(TimeSpan)).ToList();
        Assert.True(durations.Count >= 18, string.Join(", ", durations));
        Assert.DoesNotContain(durations, d => d.GetCustomAttribute<RangeAttribute>() is null);
    }

    [Fact]
    public void Faults_AreToldTogether() => Assert.Equal(3, FaultsOf(("Alerts:Xyz", "1"), ("Smtp:Port", "many"), ("Cluster:Silo", "1")).Count());

    [Fact]
    public void Options_OfEveryClass_AreSettings()
    {
        var assemblies = new[] { typeof(ApiOptions), typeof(AlertChannelOptions), typeof(LedgerWriterOptions), typeof(LedgerOptions), typeof(NewNodeOptions) }.Select(t => t.Assembly);
        var classes = assemblies.SelectMany(a => a.GetTypes()).Where(t => t.Name.EndsWith("Options", StringComparison.Ordinal) && SectionOf(t) is not null).ToList();
        Assert.True(classes.Count >= 12, string.Join(", ", classes));
        var keys = classes.SelectMany(c => c.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).Select(p => $"{SectionOf(c)}:{p.Name}"));
        Assert.Empty(keys.Except(Settings.Keys).Except(["Keys:AdminKey", "Alerts:Currency", "Alerts:Resolution", "Ledger:Resolution"]));
    }

    private static string? SectionOf(Type options) => (string?)options.GetField("Section")?.GetRawConstantValue();

    private static IEnumerable<string> FaultsOf(params (string Key, string Value)[] settings) =>
        Assert.Throws<OptionsValidationException>(() => Settings.Check(Of(settings))).Failures;

    private static IConfiguration Of(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
}
