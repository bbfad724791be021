using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Alerts;

/// <summary>Ids of alerts: hashes of what happened, so that whoever finds the same thing again makes the same id and inserts nothing.</summary>
public static class AlertIds
{
    public const string Prefix = "alr_";
    private const int HashBytes = 16;

    /// <summary>Of a crossing: (cost center, user, period, window, threshold, generation).</summary>
    public static string OfCrossing(string costCenter, string? user, Period period, DateOnly window, decimal at, int generation) => Of(
        AlertType.ThresholdReached, costCenter, user, window,
        string.Create(CultureInfo.InvariantCulture, $"{(int)period}/{(long)(at * Threshold.PartsOfOne)}/{generation}"));

    /// <summary>Of what is told of a whole window: once per cost center, user, period and window.</summary>
    public static string OfWindow(AlertType type, string costCenter, string? user, Period period, DateOnly window) =>
        Of(type, costCenter, user, window, ((int)period).ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// Of what is told once per cost center, period and window: of its own limit, and once more for all its users together. Names of users are made up by whoever calls.
    /// </summary>
    public static string OfWindowOnce(AlertType type, string costCenter, string? user, Period period, DateOnly window) =>
        OfWindow(type, costCenter, user is null ? null : "", period, window);

    /// <summary>Of every other event: once per cost center, user, window, type and what tells two of them apart.</summary>
    public static string Of(AlertType type, string costCenter, string? user, DateOnly window, string detail)
    {
        // NUL occurs in none of the parts.
        var text = string.Join('\0', AlertTypes.WordOf(type), costCenter, user is null ? "-" : "+" + user, window.ToString("O", CultureInfo.InvariantCulture), detail);
        return Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));
    }
}
