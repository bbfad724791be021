using BudgetEngine.Alerts.Delivery.Mail;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Domain.Amounts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Alerts.Delivery;

/// <param name="Code">ISO 4217: the one currency of the installation.</param>
internal sealed record InstallationCurrency(string Code, Resolution Resolution)
{
    /// <summary>At the root of the configuration.</summary>
    public const string Key = "Currency";

    public const string Default = "USD";
}

/// <summary>Registers <see cref="IChannelSender"/>. The host registers <see cref="TimeProvider"/> and <see cref="Resolution"/>.</summary>
public static class ChannelServices
{
    public static IServiceCollection AddChannels(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AlertChannelOptions>().Bind(configuration.GetSection(AlertChannelOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SmtpOptions>().Bind(configuration.GetSection(SmtpOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SecretsOptions>().Bind(configuration.GetSection(SecretsOptions.Section));
        services.TryAddSingleton(p => new InstallationCurrency(configuration[InstallationCurrency.Key] ?? InstallationCurrency.Default, p.GetRequiredService<Resolution>()));
        services.TryAddSingleton<SecretReader>();
        services.TryAddSingleton<IChannelSender, ChannelSender>();
        return services;
    }
}
