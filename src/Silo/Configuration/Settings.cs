using System.ComponentModel.DataAnnotations;
using System.Reflection;
using BudgetEngine.Alerts;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Delivery.Mail;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Api.Catalogs;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Denials;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Ingest;
using BudgetEngine.Api.Ingest.LiteLlm;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.Operations;
using BudgetEngine.Api.Prices;
using BudgetEngine.Api.Usage;
using BudgetEngine.Envoy.Hosting;
using BudgetEngine.Gateway.Configuration;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.Shipping.Hosting;
using BudgetEngine.Silo.Doctor;
using BudgetEngine.Silo.Telemetry;
using BudgetEngine.Silo.Warehouse;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Configuration;

/// <summary>
/// Every setting of the engine, and what is configured judged by them: a misspelt key would leave a default in force. All processes know all of them, as one
/// environment is given to silos and to the API alike. What belongs to others (<c>Logging</c>, <c>Kestrel</c>, the machine's variables) is left alone.
/// </summary>
public static class Settings
{
    private static readonly (string Section, Type Options)[] _options =
    [
        (ApiOptions.Section, typeof(ApiOptions)), (CheckOptions.Section, typeof(CheckOptions)), (DenialOptions.Section, typeof(DenialOptions)), (UsageOptions.Section, typeof(UsageOptions)),
        (EventOptions.Section, typeof(EventOptions)), (IngestOptions.Section, typeof(IngestOptions)), (LiteLlmOptions.Section, typeof(LiteLlmOptions)),
        (KeysOptions.Section, typeof(KeysOptions)), (CatalogOptions.Section, typeof(CatalogOptions)), (PriceOptions.Section, typeof(PriceOptions)), (MetricsOptions.Section, typeof(MetricsOptions)),
        (LedgerOptions.Section, typeof(LedgerOptions)), (LedgerWriterOptions.Section, typeof(LedgerWriterOptions)), (NewNodeOptions.Section, typeof(NewNodeOptions)), (HoldRoomOptions.Section, typeof(HoldRoomOptions)),
        (AlertOptions.Section, typeof(AlertOptions)), (AlertChannelOptions.Section, typeof(AlertChannelOptions)),
        (GatewayOptions.Section, typeof(GatewayOptions)), (EnvoyOptions.Section, typeof(EnvoyOptions)), (ShipOptions.Section, typeof(ShipOptions)), (SecretsOptions.Section, typeof(SecretsOptions)), (SmtpOptions.Section, typeof(SmtpOptions)), (WarehouseOptions.Section, typeof(WarehouseOptions)),
        (BackupOptions.Section, typeof(BackupOptions)), (TelemetryOptions.Section, typeof(TelemetryOptions)),
        ("", typeof(InstallationOptions)), (CurrencyOptions.Section, typeof(CurrencyOptions)),
    ];

    /// <summary>Options that are never read from a key of their own, and the key that sets them.</summary>
    private static readonly Dictionary<string, string> _setElsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        [$"{KeysOptions.Section}:{nameof(KeysOptions.AdminKey)}"] = KeysOptions.AdminKeyVariable,
        [$"{AlertOptions.Section}:{nameof(AlertOptions.Currency)}"] = nameof(InstallationOptions.Currency),
        [$"{AlertOptions.Section}:{nameof(AlertOptions.Resolution)}"] = $"{CurrencyOptions.Section}:{nameof(CurrencyOptions.Decimals)}",
        [$"{LedgerOptions.Section}:{nameof(LedgerOptions.Resolution)}"] = $"{CurrencyOptions.Section}:{nameof(CurrencyOptions.Decimals)}",
    };

    /// <summary>What a setting may be within, where its kind is not all.</summary>
    private static readonly Dictionary<string, RangeAttribute> _ranges = new(StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, TimeSpan> _defaultTimes = new(StringComparer.OrdinalIgnoreCase);

    private static readonly SortedDictionary<string, Type> _types = Collect();

    private static readonly HashSet<string> _sections = new(_types.Keys.Where(k => k.Contains(':')).Select(SectionOf), StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> Keys => _types.Keys;

    /// <exception cref="OptionsValidationException">With every key that is unknown, every value that is of another kind than its setting or out of its range, and every two that do not go together.</exception>
    public static void Check(IConfiguration configuration)
    {
        Durations.MakeKnown();
        var faults = configuration.AsEnumerable().Where(s => s.Value is not null).Select(s => FaultOf(s.Key, s.Value!)).OfType<string>().Order(StringComparer.Ordinal).ToList();
        faults.AddRange(SettingRelations.FaultsOf(key => TimeOf(configuration, key)));
        if (faults.Count > 0) throw new OptionsValidationException(nameof(Settings), typeof(Settings), faults);
    }

    private static string? FaultOf(string key, string value)
    {
        if (UpstreamKey.IsUpstream(key)) return UpstreamKey.FaultOf(key, value);
        if (_types.TryGetValue(key, out var type))
        {
            var fault = SettingKind.FaultOf(value, type) ?? (_ranges.TryGetValue(key, out var range) ? SettingKind.FaultOf(value, type, range) : null);
            return fault is null ? null : $"{key} is '{value}'; {fault}";
        }

        var isOurs = key.Contains(':') && _sections.Contains(SectionOf(key));
        var nearest = _setElsewhere.GetValueOrDefault(key) ?? Spelling.Nearest(key, _types.Keys, isOurs ? 3 : 1) ?? (isOurs ? OfAnotherSection(key) : null);
        if (nearest is not null) return $"{key} is unknown; did you mean {nearest}?";
        return isOurs ? $"{key} is unknown; there are {string.Join(", ", _types.Keys.Where(k => IsOf(k, SectionOf(key))).Select(k => k[(k.IndexOf(':') + 1)..]))}" : null;
    }

    /// <summary>The duration that is in force; null: none that is right by itself, which has been told already.</summary>
    private static TimeSpan? TimeOf(IConfiguration configuration, string key)
    {
        if (configuration[key] is not { } text) return _defaultTimes[key];
        return FaultOf(key, text) is null && Durations.TryParse(text, out var time) ? time : null;
    }

    /// <summary>The same name where it belongs.</summary>
    private static string? OfAnotherSection(string key)
    {
        var name = key[key.IndexOf(':')..];
        return _types.Keys.FirstOrDefault(k => k.EndsWith(name, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsOf(string key, string section) => key.StartsWith(section + ':', StringComparison.OrdinalIgnoreCase);

    private static string SectionOf(string key) => key[..key.IndexOf(':')];

    private static SortedDictionary<string, Type> Collect()
    {
        var types = new SortedDictionary<string, Type>(StringComparer.OrdinalIgnoreCase)
        {
            [KeysOptions.AdminKeyVariable] = typeof(string),
            ["Migrate:AtStart"] = typeof(bool),
        };
        // Their values are judged by their reader, which knows their ranges.
        foreach (var key in ClusterSettingsReader.Keys) types.Add($"{ClusterSettings.Section}:{key}", typeof(string));
        foreach (var (section, options) in _options)
        {
            var defaults = Activator.CreateInstance(options);
            foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
            {
                var key = section.Length == 0 ? property.Name : $"{section}:{property.Name}";
                if (_setElsewhere.ContainsKey(key)) continue;
                types.Add(key, property.PropertyType);
                if (property.GetCustomAttribute<RangeAttribute>() is { } range) _ranges.Add(key, range);
                if (property.GetValue(defaults) is TimeSpan time) _defaultTimes.Add(key, time);
            }
        }

        return types;
    }
}
