using System.Reflection;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Api.Http;
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
    [InlineData("Ledger:PostDeadline", "3 s", "Ledger:PostDeadline is '3 s'; it is a time such as 00:00:10")]
    [InlineData("Alerts:SpikeFloor", "ten", "Alerts:SpikeFloor is 'ten'; it is a number")]
    public void Setting_OfAnotherKind_IsToldWhatItCanBe(string key, string value, string says) => Assert.Equal([says], FaultsOf((key, value)));

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
