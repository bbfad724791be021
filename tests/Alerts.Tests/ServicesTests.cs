using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Delivery.Mail;
using BudgetEngine.Alerts.Tests.Harness;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Amounts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Alerts.Tests;

/// <summary>What the configuration says, and what it may not say.</summary>
public sealed class ServicesTests
{
    [Fact]
    public async Task Sender_FromConfiguration_SendsWithItsOptions()
    {
        await using var receiver = await WebReceiver.AnsweringAsync(200);
        using var services = Services(("Alerts:AllowPrivateAddresses", "true"), ("Alerts:DashboardUrl", "https://budget.example.com/"), ("Currency", "JPY"));
        Assert.Equal(SendOutcome.Sent, await services.GetRequiredService<IChannelSender>().SendAsync(TestSender.Webhook(receiver.Url), TestAlerts.Message(TestAlerts.Threshold()), CancellationToken.None));
        var data = Assert.Single(receiver.Requests).Json.GetProperty("data");
        Assert.Equal(("JPY", "https://budget.example.com/?cost_center=acme%2Fsearch"), (data.GetProperty("currency").GetString(), data.GetProperty("dashboard_url").GetString()));
        Assert.Contains("¥400", data.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sender_WithoutConfiguration_ReachesNothingFromWithin()
    {
        using var services = Services();
        var outcome = await services.GetRequiredService<IChannelSender>().SendAsync(TestSender.Webhook("https://localhost/x"), TestAlerts.Message(TestAlerts.Threshold()), CancellationToken.None);
        Assert.Equal(SendResult.Refused, outcome.Result);
    }

    [Theory]
    [InlineData("Smtp:Security", "starttls", SmtpSecurity.StartTls)]
    [InlineData("Smtp:Security", "none", SmtpSecurity.None)]
    [InlineData("Smtp:Security", "tls", SmtpSecurity.Tls)]
    public void Smtp_ByItsWords_IsRead(string key, string value, SmtpSecurity security)
    {
        using var services = Services((key, value));
        Assert.Equal(security, services.GetRequiredService<IOptions<SmtpOptions>>().Value.Security);
    }

    [Theory]
    [InlineData("Alerts:SendTimeout", "00:00:00")]
    [InlineData("Alerts:SendTimeout", "01:00:00")]
    [InlineData("Alerts:DashboardUrl", "javascript:alert(1)")]
    [InlineData("Alerts:DashboardUrl", "/dashboard")]
    [InlineData("Alerts:TelegramApi", "telegram.org")]
    [InlineData("Alerts:PagerDutyApi", "")]
    public void Alerts_WithWhatMakesNoSense_DoNotStart(string key, string value)
    {
        using var services = Services((key, value));
        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<AlertChannelOptions>>().Value);
    }

    [Theory]
    [InlineData("Smtp:From", "nobody")]
    [InlineData("Smtp:From", "A <a@b.c>\r\nBcc: x@example.com")]
    [InlineData("Smtp:Port", "0")]
    [InlineData("Smtp:User", "mailer")]
    [InlineData("Smtp:CaFile", "/no/such/file.pem")]
    public void Smtp_WithWhatMakesNoSense_DoesNotStart(string key, string value)
    {
        using var services = Services((key, value));
        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<SmtpOptions>>().Value);
    }

    [Fact]
    public void Smtp_WithAPasswordInTheClear_DoesNotStart()
    {
        using var services = Services(("Smtp:User", "mailer"), ("Smtp:Password", "x"), ("Smtp:Security", "none"));
        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<SmtpOptions>>().Value);
    }

    private static ServiceProvider Services(params (string Key, string Value)[] configuration) => new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddSingleton(Resolution.Nano)
        .AddChannels(new ConfigurationBuilder().AddInMemoryCollection(configuration.Select(c => KeyValuePair.Create(c.Key, (string?)c.Value))).Build())
        .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
